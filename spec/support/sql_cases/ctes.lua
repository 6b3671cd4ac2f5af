-- ctes.lua - cases: common table expressions, plain, recursive and data-modifying.
return function(mp, t)
  local u, p, d = t.u, t.p, t.d
  local fn = mp.fn
  local active = mp.select({ u.id, u.name }):from(u):where(u.active)
  local roots = mp.select({ d.id, d.parent_id, d.name }):from(d):where(d.parent_id:is_null())
  local function children(tree)
    return mp.select({ d.id, d.parent_id, d.name }):from(d):join(tree, tree.id:eq(d.parent_id))
  end

  return {
    { "puts a select in front", function()
      return mp.select({ "id" }):with("active", active):from "active"
    end,
      "with active as (select u.id, u.name from users as u where u.active) select "
        .. "active.id from active" },
    { "speaks of a named select's columns", function()
      local a = mp.cte("active", active)
      return mp.select({ a.id }):with(a):from(a):where(a.name:like "a%")
    end,
      "with active as (select u.id, u.name from users as u where u.active) select "
        .. "active.id from active where active.name like $1", { "a%" } },
    { "speaks of a named select under an alias", function()
      local a = mp.cte("active", active)
      local one, two = a:as "one", a:as "two"
      return mp.select({ one.id }):with(a):from(one):join(two, two.name:eq(one.name))
    end,
      "with active as (select u.id, u.name from users as u where u.active) select one.id "
        .. "from active as one join active as two on two.name = one.name" },
    { "puts several selects in front", function()
      local a = mp.cte("active", active)
      local b = mp.cte("writers", mp.select({ p.author_id }):from(p):group_by(p.author_id))
      return mp.select({ a.id }):with(a):with(b):from(a):join(b, b.author_id:eq(a.id))
    end,
      "with active as (select u.id, u.name from users as u where u.active), writers as "
        .. "(select p.author_id from posts as p group by p.author_id) select active.id from "
        .. "active join writers on writers.author_id = active.id" },
    { "reads an earlier one in a later one", function()
      local a = mp.cte("active", active)
      local b = mp.cte("named", mp.select({ a.id }):from(a):where(a.name:is_not_null()))
      return mp.select({ fn.count() }):with(a):with(b):from(b)
    end,
      "with active as (select u.id, u.name from users as u where u.active), named as "
        .. "(select active.id from active where active.name is not null) select count(*) from "
        .. "named" },
    { "numbers parameters in front first", function()
      local a = mp.cte("old", mp.select({ u.id }):from(u):where(u.age:gt(60)))
      return mp.select({ a.id }):with(a):from(a):where(a.id:lt(100)):limit(5)
    end,
      "with old as (select u.id from users as u where u.age > $1) select old.id from old "
        .. "where old.id < $2 limit $3", { 60, 100, 5 } },
    { "names its columns", function()
      local a = mp.cte("active", active, { columns = { "key", "label" } })
      return mp.select({ a.key, a.label }):with(a):from(a)
    end,
      "with active (key, label) as (select u.id, u.name from users as u where u.active) "
        .. "select active.key, active.label from active" },
    { "keeps what it gives", function()
      return mp.select({ "id" }):with("active", active, { materialized = true }):from "active"
    end,
      "with active as materialized (select u.id, u.name from users as u where u.active) "
        .. "select active.id from active" },
    { "does not keep what it gives", function()
      return mp.select({ "id" }):with("active", active, { materialized = false }):from "active"
    end,
      "with active as not materialized (select u.id, u.name from users as u where "
        .. "u.active) select active.id from active" },
    { "quotes its name", function()
      local a = mp.cte("Active Users", active)
      return mp.select({ a.id }):with(a):from(a)
    end,
      'with "Active Users" as (select u.id, u.name from users as u where u.active) select '
        .. '"Active Users".id from "Active Users"' },
    { "stands in a subquery", function()
      local x = mp.select({ "id" }):with("active", active):from("active"):as "x"
      return mp.select({ x.id }):from(x)
    end,
      "select x.id from (with active as (select u.id, u.name from users as u where "
        .. "u.active) select active.id from active) as x" },
    { "names values", function()
      local a = mp.cte("pairs", mp.values({ { 1, "a" }, { 2, "b" } }),
        { columns = { "id", "label" } })
      return mp.select({ a.id, a.label }):with(a):from(a)
    end,
      "with pairs (id, label) as (values ($1::int4, $2), ($3::int4, $4)) select pairs.id, "
        .. "pairs.label from pairs", { 1, "a", 2, "b" } },
    { "names a union", function()
      local a = mp.cte("names", mp.select({ u.name }):from(u):union(mp.select({ p.title }):from(p)))
      return mp.select({ a.name }):with(a):from(a)
    end,
      "with names as (select u.name from users as u union select p.title from posts as p) "
        .. "select names.name from names" },

    { "walks a tree", function()
      local tree = mp.recursive("tree", roots, children)
      return mp.select({ tree.id, tree.name }):with(tree):from(tree)
    end,
      "with recursive tree as (select d.id, d.parent_id, d.name from categories as d where "
        .. "d.parent_id is null union all select d.id, d.parent_id, d.name from categories as d "
        .. "join tree on tree.id = d.parent_id) select tree.id, tree.name from tree" },
    { "walks a tree without going twice where it was", function()
      local tree = mp.recursive("tree", roots, children, { union = "distinct" })
      return mp.select({ tree.id }):with(tree):from(tree)
    end,
      "with recursive tree as (select d.id, d.parent_id, d.name from categories as d where "
        .. "d.parent_id is null union select d.id, d.parent_id, d.name from categories as d "
        .. "join tree on tree.id = d.parent_id) select tree.id from tree" },
    { "counts the depth of a tree", function()
      local base = mp.select({ d.id, depth = mp.sql "1" }):from(d):where(d.parent_id:is_null())
      local tree = mp.recursive("tree", base, function(tree)
        return mp.select({ d.id, depth = tree.depth + 1 }):from(d)
          :join(tree, tree.id:eq(d.parent_id))
      end)
      return mp.select({ tree.id, tree.depth }):with(tree):from(tree):where(tree.depth:le(3))
    end,
      "with recursive tree as (select d.id, 1 as depth from categories as d where "
        .. "d.parent_id is null union all select d.id, tree.depth + $1 as depth from categories "
        .. "as d join tree on tree.id = d.parent_id) select tree.id, tree.depth from tree where "
        .. "tree.depth <= $2", { 1, 3 } },
    { "gathers a path through a tree", function()
      local base = mp.select({ d.id, path = mp.array { d.id } }):from(d)
        :where(d.parent_id:is_null())
      local tree = mp.recursive("tree", base, function(tree)
        return mp.select({ d.id, path = tree.path .. d.id }):from(d)
          :join(tree, tree.id:eq(d.parent_id)):where(d.id:ne(mp.all_of(tree.path)))
      end)
      return mp.select({ tree.id, tree.path }):with(tree):from(tree)
    end,
      "with recursive tree as (select d.id, array[d.id] as path from categories as d where "
        .. "d.parent_id is null union all select d.id, tree.path || d.id as path from "
        .. "categories as d join tree on tree.id = d.parent_id where d.id <> all(tree.path)) "
        .. "select tree.id, tree.path from tree" },
    { "searches depth first", function()
      local tree = mp.recursive("tree", roots, children,
        { search = { "depth", by = { "id" }, set = "place" } })
      return mp.select({ tree.id }):with(tree):from(tree):order_by(tree.place)
    end,
      "with recursive tree as (select d.id, d.parent_id, d.name from categories as d where "
        .. "d.parent_id is null union all select d.id, d.parent_id, d.name from categories as d "
        .. "join tree on tree.id = d.parent_id) search depth first by id set place select "
        .. "tree.id from tree order by tree.place" },
    { "searches breadth first", function()
      local tree = mp.recursive("tree", roots, children,
        { search = { "breadth", by = { "name", "id" }, set = "place" } })
      return mp.select({ tree.id }):with(tree):from(tree):order_by "place"
    end,
      "with recursive tree as (select d.id, d.parent_id, d.name from categories as d where "
        .. "d.parent_id is null union all select d.id, d.parent_id, d.name from categories as d "
        .. "join tree on tree.id = d.parent_id) search breadth first by name, id set place "
        .. "select tree.id from tree order by tree.place" },
    { "stops at a cycle", function()
      local tree = mp.recursive("tree", roots, children,
        { cycle = { "id", set = "is_cycle", using = "path" } })
      return mp.select({ tree.id, tree.is_cycle }):with(tree):from(tree):where(~tree.is_cycle)
    end,
      "with recursive tree as (select d.id, d.parent_id, d.name from categories as d where "
        .. "d.parent_id is null union all select d.id, d.parent_id, d.name from categories as d "
        .. "join tree on tree.id = d.parent_id) cycle id set is_cycle using path select "
        .. "tree.id, tree.is_cycle from tree where not tree.is_cycle" },
    { "marks a cycle by values of its own", function()
      local tree = mp.recursive("tree", roots, children,
        { cycle = { "id", set = "round", to = "Y", default = "it's", using = "path" } })
      return mp.select({ tree.id }):with(tree):from(tree):where(tree.round:eq "Y")
    end,
      "with recursive tree as (select d.id, d.parent_id, d.name from categories as d where "
        .. "d.parent_id is null union all select d.id, d.parent_id, d.name from categories as d "
        .. "join tree on tree.id = d.parent_id) cycle id set round to 'Y' default 'it''s' using "
        .. "path select tree.id from tree where tree.round = $1", { "Y" } },
    { "searches and stops at a cycle", function()
      local tree = mp.recursive("tree", roots, children,
        { search = { "depth", by = { "id" }, set = "place" },
          cycle = { "id", "parent_id", set = "is_cycle", using = "path" } })
      return mp.select({ tree.id }):with(tree):from(tree):where(~tree.is_cycle):order_by "place"
    end,
      "with recursive tree as (select d.id, d.parent_id, d.name from categories as d where "
        .. "d.parent_id is null union all select d.id, d.parent_id, d.name from categories as d "
        .. "join tree on tree.id = d.parent_id) search depth first by id set place cycle id, "
        .. "parent_id set is_cycle using path select tree.id from tree where not tree.is_cycle "
        .. "order by tree.place" },
    { "names a recursion's columns", function()
      local base = mp.select { mp.sql "1" }
      local n = mp.recursive("numbers", base, function(n)
        return mp.select({ n.n + 1 }):from(n):where(n.n:lt(10))
      end, { columns = { "n" } })
      return mp.select({ n.n }):with(n):from(n)
    end,
      "with recursive numbers (n) as (select 1 union all select numbers.n + $1 from "
        .. "numbers where numbers.n < $2) select numbers.n from numbers", { 1, 10 } },
    { "takes a union for a recursion", function()
      local tree = mp.table("tree", { "id" })
      local query = mp.select({ d.id }):from(d):where(d.id:eq(1))
        :union_all(mp.select({ d.id }):from(d):join(tree, tree.id:eq(d.parent_id)))
      return mp.select({ tree.id }):with_recursive("tree", query):from(tree)
    end,
      "with recursive tree as (select d.id from categories as d where d.id = $1 union all "
        .. "select d.id from categories as d join tree on tree.id = d.parent_id) select tree.id "
        .. "from tree", { 1 } },
    { "mixes recursive and plain ones", function()
      local tree = mp.recursive("tree", roots, children)
      return mp.select({ tree.id }):with("active", active):with(tree):from(tree)
    end,
      "with recursive active as (select u.id, u.name from users as u where u.active), tree "
        .. "as (select d.id, d.parent_id, d.name from categories as d where d.parent_id is null "
        .. "union all select d.id, d.parent_id, d.name from categories as d join tree on "
        .. "tree.id = d.parent_id) select tree.id from tree" },

    { "reads what an insert gives", function()
      local a = mp.cte("added", mp.insert(t.Team):values({ name = "x" }):returning("id", "name"))
      return mp.select({ a.id, a.name }):with(a):from(a)
    end,
      "with added as (insert into teams (name) values ($1) returning teams.id, teams.name) "
        .. "select added.id, added.name from added", { "x" } },
    { "reads what an update gives", function()
      local a = mp.cte("changed", mp.update(t.User):set({ active = false }):where { id = 1 }
        :returning(t.User.id))
      return mp.select({ fn.count() }):with(a):from(a)
    end,
      "with changed as (update users set active = $1 where users.id = $2 returning "
        .. "users.id) select count(*) from changed", { false, 1 } },
    { "reads what a delete gives", function()
      local a = mp.cte("gone", mp.delete(t.Post):where({ state = "old" }):returning "author_id")
      return mp.select({ a.author_id, n = fn.count() }):with(a):from(a):group_by(a.author_id)
    end,
      "with gone as (delete from posts where posts.state = $1 returning posts.author_id) "
        .. "select gone.author_id, count(*) as n from gone group by gone.author_id",
      { "old" } },
    { "moves rows", function()
      local a = mp.cte("gone", mp.delete(t.Comment):where({ id = 1 }):returning("post_id", "body"))
      return mp.insert(t.Comment):with(a)
        :from_select({ "post_id", "body" }, mp.select({ a.post_id, a.body }):from(a))
    end,
      "with gone as (delete from comments where comments.id = $1 returning "
        .. "comments.post_id, comments.body) insert into comments (post_id, body) select "
        .. "gone.post_id, gone.body from gone", { 1 } },
    { "changes by what is in front", function()
      local a = mp.cte("old", mp.select({ u.id }):from(u):where(u.age:gt(60)))
      return mp.update(t.User):with(a):set({ active = false }):from(a):where(t.User.id:eq(a.id))
    end,
      "with old as (select u.id from users as u where u.age > $1) update users set active "
        .. "= $2 from old where users.id = old.id", { 60, false } },
    { "deletes by what is in front", function()
      local a = mp.cte("old", mp.select({ u.id }):from(u):where(u.age:gt(60)))
      return mp.delete(t.Post):with(a):where(t.Post.author_id:one_of(mp.select({ a.id }):from(a)))
    end,
      "with old as (select u.id from users as u where u.age > $1) delete from posts where "
        .. "posts.author_id in (select old.id from old)", { 60 } },
    { "is counted behind what is in front", function()
      local a = mp.cte("active", active)
      return mp.select({ a.id }):with(a):from(a):where(a.id:gt(3)):count()
    end,
      "with active as (select u.id, u.name from users as u where u.active) select count(*) "
        .. "from active where active.id > $1", { 3 } },
    { "is counted behind what writes, and is limited", function()
      local a = mp.cte("gone", mp.delete(t.Comment):where({ id = 1 }):returning "id")
      return mp.select({ a.id }):with(a):from(a):limit(3):count()
    end,
      "with gone as (delete from comments where comments.id = $1 returning comments.id) "
        .. "select (select count(*) from (select gone.id from gone limit $2) as counted)",
      { 1, 3 } },
    { "has a union behind it", function()
      local a = mp.cte("active", active)
      return mp.select({ a.id }):from(a):union_all(mp.select({ p.author_id }):from(p)):with(a)
    end,
      "with active as (select u.id, u.name from users as u where u.active) select "
        .. "active.id from active union all select p.author_id from posts as p" },
  }
end
