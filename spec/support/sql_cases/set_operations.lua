-- set_operations.lua - cases: unions, intersections, differences, with orders, bounds and nesting.
return function(mp, t)
  local u, p, k = t.u, t.p, t.k
  local a = mp.select({ u.id }):from(u)
  local b = mp.select({ p.author_id }):from(p)
  local c = mp.select({ k.author_id }):from(k)

  return {
    { "unites", function() return a:union(b) end,
      "select u.id from users as u union select p.author_id from posts as p" },
    { "unites with what is there twice", function() return a:union_all(b) end,
      "select u.id from users as u union all select p.author_id from posts as p" },
    { "intersects", function() return a:intersect(b) end,
      "select u.id from users as u intersect select p.author_id from posts as p" },
    { "intersects with what is there twice", function() return a:intersect_all(b) end,
      "select u.id from users as u intersect all select p.author_id from posts as p" },
    { "subtracts a select", function() return a:except(b) end,
      "select u.id from users as u except select p.author_id from posts as p" },
    { "subtracts a select as often as it is there", function() return a:except_all(b) end,
      "select u.id from users as u except all select p.author_id from posts as p" },
    { "unites three", function() return a:union(b):union(c) end,
      "select u.id from users as u union select p.author_id from posts as p union select "
        .. "k.author_id from comments as k" },
    { "unites three at once", function() return a:union_all(b, c) end,
      "select u.id from users as u union all select p.author_id from posts as p union all "
        .. "select k.author_id from comments as k" },
    { "unites with a union", function() return a:union(b:union(c)) end,
      "select u.id from users as u union (select p.author_id from posts as p union select "
        .. "k.author_id from comments as k)" },
    { "unites all with a union", function() return a:union(b):union_all(c) end,
      "(select u.id from users as u union select p.author_id from posts as p) union all "
        .. "select k.author_id from comments as k" },
    { "intersects a union", function() return a:union(b):intersect(c) end,
      "(select u.id from users as u union select p.author_id from posts as p) intersect "
        .. "select k.author_id from comments as k" },
    { "unites with an intersection", function() return a:union(b:intersect(c)) end,
      "select u.id from users as u union (select p.author_id from posts as p intersect "
        .. "select k.author_id from comments as k)" },
    { "subtracts a difference", function() return a:except(b:except(c)) end,
      "select u.id from users as u except (select p.author_id from posts as p except "
        .. "select k.author_id from comments as k)" },
    { "subtracts twice", function() return a:except(b):except(c) end,
      "select u.id from users as u except select p.author_id from posts as p except select "
        .. "k.author_id from comments as k" },
    { "subtracts a union", function() return a:except(b:union_all(c)) end,
      "select u.id from users as u except (select p.author_id from posts as p union all "
        .. "select k.author_id from comments as k)" },
    { "nests four", function() return a:union(b):except(c:intersect(a)) end,
      "(select u.id from users as u union select p.author_id from posts as p) except "
        .. "(select k.author_id from comments as k intersect select u.id from users as u)" },
    { "numbers parameters from the left", function()
      return a:where(u.age:gt(1)):union(b:where(p.views:gt(2))):union(c:where(k.post_id:gt(3)))
    end,
      "select u.id from users as u where u.age > $1 union select p.author_id from posts as "
        .. "p where p.views > $2 union select k.author_id from comments as k where k.post_id > "
        .. "$3", { 1, 2, 3 } },
    { "orders the whole", function() return a:union(b):order_by "id" end,
      "select u.id from users as u union select p.author_id from posts as p order by id" },
    { "orders the whole by a column of the first", function()
      return a:union(b):order_by(u.id:desc())
    end,
      "select u.id from users as u union select p.author_id from posts as p order by id desc" },
    { "orders the whole with NULL last", function()
      return a:union(b):order_by(u.id:desc():nulls_last())
    end,
      "select u.id from users as u union select p.author_id from posts as p order by id "
        .. "desc nulls last" },
    { "orders the whole by a text", function()
      return a:union(b):order_by "id desc nulls first"
    end,
      "select u.id from users as u union select p.author_id from posts as p order by id "
        .. "desc nulls first" },
    { "orders the whole by a place", function() return a:union(b):order_by(mp.sql "1") end,
      "select u.id from users as u union select p.author_id from posts as p order by 1" },
    { "orders by a name that the first gives", function()
      return mp.select({ key = u.id }):from(u):union(b):order_by "key"
    end,
      "select u.id as key from users as u union select p.author_id from posts as p order by key" },
    { "limits the whole", function() return a:union(b):order_by("id"):limit(3):offset(1) end,
      "select u.id from users as u union select p.author_id from posts as p order by id "
        .. "limit $1 offset $2", { 3, 1 } },
    { "fetches the whole with ties", function()
      return a:union_all(b):order_by("id"):fetch(3, { with_ties = true })
    end,
      "select u.id from users as u union all select p.author_id from posts as p order by "
        .. "id fetch first $1 rows with ties", { 3 } },
    { "keeps the order and limit of the first", function()
      return a:order_by("id"):limit(3):union_all(b)
    end,
      "(select u.id from users as u order by u.id limit $1) union all select p.author_id "
        .. "from posts as p", { 3 } },
    { "keeps the order and limit of the second", function()
      return a:union_all(b:order_by "author_id":limit(2))
    end,
      "select u.id from users as u union all (select p.author_id from posts as p order by "
        .. "p.author_id limit $1)", { 2 } },
    { "keeps everybody's limits", function()
      return a:limit(1):union_all(b:limit(2)):limit(3):union_all(c:limit(4)):order_by("id"):limit(5)
    end,
      "((select u.id from users as u limit $1) union all (select p.author_id from posts as "
        .. "p limit $2) limit $3) union all (select k.author_id from comments as k limit $4) "
        .. "order by id limit $5", { 1, 2, 3, 4, 5 } },
    { "brackets a limited union in a union", function()
      return a:union(b):limit(3):union(c)
    end,
      "(select u.id from users as u union select p.author_id from posts as p limit $1) "
        .. "union select k.author_id from comments as k", { 3 } },
    { "brackets an ordered union on the right", function()
      return a:union(b:union(c):order_by "author_id":limit(1))
    end,
      "select u.id from users as u union (select p.author_id from posts as p union select "
        .. "k.author_id from comments as k order by author_id limit $1)", { 1 } },
    { "brackets a select with something in front", function()
      return a:union(mp.select({ "author_id" }):with("x", b):from "x")
    end,
      "select u.id from users as u union (with x as (select p.author_id from posts as p) "
        .. "select x.author_id from x)" },
    { "unites with values", function() return a:union_all(mp.values { { 1 }, { 2 } }) end,
      "select u.id from users as u union all values ($1::int4), ($2::int4)", { 1, 2 } },
    { "unites values", function()
      return mp.values({ { 1, "a" } }):union(mp.values { { 2, "b" } })
    end,
      "values ($1::int4, $2) union values ($3::int4, $4)", { 1, "a", 2, "b" } },
    { "selects from a union", function()
      local x = a:union(b):as "x"
      return mp.select({ x.id }):from(x):where(x.id:gt(3)):order_by(x.id)
    end,
      "select x.id from (select u.id from users as u union select p.author_id from posts "
        .. "as p) as x where x.id > $1 order by x.id", { 3 } },
    { "counts a union", function() return a:union(b):count() end,
      "select (select count(*) from (select u.id from users as u union select p.author_id "
        .. "from posts as p) as counted)" },
    { "inserts a union", function()
      return mp.insert(t.Comment):from_select({ "post_id", "body" },
        mp.select({ p.id, p.title }):from(p):union(mp.select({ u.id, u.name }):from(u)))
    end,
      "insert into comments (post_id, body) select p.id, p.title from posts as p union "
        .. "select u.id, u.name from users as u" },
    { "puts a name in front of a union", function()
      local x = mp.cte("x", b)
      return a:union(mp.select({ x.author_id }):from(x)):with(x):order_by "id"
    end,
      "with x as (select p.author_id from posts as p) select u.id from users as u union "
        .. "select x.author_id from x order by id" },
    { "unites groups", function()
      return mp.select({ u.role, n = mp.fn.count() }):from(u):group_by(u.role)
        :union_all(mp.select({ mp.lit(mp.null), mp.fn.count() }):from(u))
    end,
      "select u.role, count(*) as n from users as u group by u.role union all select null, "
        .. "count(*) from users as u" },
  }
end
