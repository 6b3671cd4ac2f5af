-- sources.lua - cases: natural joins, joins in brackets, rows of functions, renamed columns.
return function(mp, t)
  local u, g, p, k = t.u, t.g, t.p, t.k
  local fn = mp.fn
  local on, said = p.author_id:eq(u.id), k.post_id:eq(p.id)
  local function s(...) return mp.select({ u.id }):from(u, ...) end
  local a, b = mp.table("posts", { "id", "author_id" }):as "a",
    mp.table("comments", { "id", "author_id" }):as "b"
  local function n() return mp.select({ mp.sql "author_id" }):from(a) end

  return {
    { "joins by all common columns", function() return n():natural_join(b) end,
      "select author_id from posts as a natural join comments as b" },
    { "joins by all common columns to the left", function() return n():natural_left_join(b) end,
      "select author_id from posts as a natural left join comments as b" },
    { "joins by all common columns to the right", function() return n():natural_right_join(b) end,
      "select author_id from posts as a natural right join comments as b" },
    { "joins by all common columns fully", function() return n():natural_full_join(b) end,
      "select author_id from posts as a natural full join comments as b" },
    { "joins a subquery by all common columns", function()
      local x = mp.select({ author_id = u.id, u.name }):from(u):as "x"
      return mp.select({ a.id, x.name }):from(a):natural_join(x)
    end,
      "select a.id, x.name from posts as a natural join (select u.name, u.id as author_id "
        .. "from users as u) as x" },
    { "names what common columns give", function()
      local j = mp.table("j", { "author_id" })
      return mp.select({ j.author_id }):from(a):full_join(b, { using = "author_id", as = "j" })
    end,
      "select j.author_id from posts as a full join comments as b using (author_id) as j" },
    { "updates from a natural join", function()
      return mp.update(t.User):set({ age = 1 }):from(a):natural_join(b)
        :where(a.author_id:eq(t.User.id))
    end,
      "update users set age = $1 from posts as a natural join comments as b where a.author_id "
        .. "= users.id", { 1 } },

    { "names a common column without its table", function()
      return mp.select({ "author_id" }):from(u):cross_join(a):join(b, { using = "author_id" })
    end,
      "select author_id from users as u cross join posts as a join comments as b using "
        .. "(author_id)" },
    { "names a common column of joins in brackets", function()
      return mp.select({ "author_id" }):from(mp.joined(a):natural_join(b))
    end,
      "select author_id from (posts as a natural join comments as b)" },

    { "joins what is joined already", function()
      return s():left_join(mp.joined(p):join(k, said), on)
    end,
      "select u.id from users as u left join (posts as p join comments as k on k.post_id = p.id) "
        .. "on p.author_id = u.id" },
    { "joins what is joined in several ways", function()
      return mp.select({ u.id, k.body, g.name }):from(u)
        :left_join(mp.joined(p):left_join(k, said & k.body:ne ""):cross_join(g), on & g.id:gt(3))
        :where(u.age:lt(9))
    end,
      "select u.id, k.body, g.name from users as u left join (posts as p left join comments as "
        .. "k on k.post_id = p.id and k.body <> $1 cross join teams as g) on p.author_id = u.id "
        .. "and g.id > $2 where u.age < $3", { "", 3, 9 } },
    { "joins what is joined of what is joined", function()
      return s():left_join(mp.joined(p):join(mp.joined(k):join(g, g.name:eq(k.body)), said), on)
    end,
      "select u.id from users as u left join (posts as p join (comments as k join teams as g on "
        .. "g.name = k.body) on k.post_id = p.id) on p.author_id = u.id" },
    { "selects from what is joined", function()
      return mp.select({ p.id, k.body }):from(mp.joined(p):left_join(k, said), u):where(on)
    end,
      "select p.id, k.body from (posts as p left join comments as k on k.post_id = p.id), users "
        .. "as u where p.author_id = u.id" },
    { "joins what is joined by a common column", function()
      return mp.select({ a.id }):from(u)
        :left_join(mp.joined(a):join(b, { using = { "id", "author_id" } }), { using = "id" })
    end,
      "select a.id from users as u left join (posts as a join comments as b using (id, "
        .. "author_id)) using (id)" },

    { "selects the rows of several functions side by side", function()
      local x = mp.rows_from(fn.generate_series(1, 3), fn.unnest(mp.array({ "a" }, "text")))
        :as("x", { "n", "v" })
      return mp.select({ x.n, x.v }):from(x)
    end,
      "select x.n, x.v from rows from (generate_series($1::int4, $2::int4), "
        .. "unnest(array[$3]::text[])) as x (n, v)", { 1, 3, "a" } },
    { "numbers the rows of several functions", function()
      local x = mp.rows_from(fn.generate_series(1, 3), fn.generate_series(5, 6))
        :with_ordinality():as("x", { "n", "m", "i" })
      return mp.select({ x.i }):from(x)
    end,
      "select x.i from rows from (generate_series($1::int4, $2::int4), generate_series($3::int4, "
        .. "$4::int4)) with ordinality as x (n, m, i)", { 1, 3, 5, 6 } },
    { "reads records among several functions", function()
      local x = mp.rows_from({ fn.pairs_of(3), columns = { { "id", "int4" }, { "name", "text" } } },
        fn.generate_series(1, 2)):with_ordinality():as("x", { "id", "name", "n", "i" })
      return mp.select({ x.id, x.i }):from(x)
    end,
      "select x.id, x.i from rows from (pairs_of($1::int4) as (id int4, name text), "
        .. "generate_series($2::int4, $3::int4)) with ordinality as x (id, name, n, i)",
      { 3, 1, 2 } },
    { "numbers records", function()
      local x = mp.rows_from { fn.pairs_of(3), columns = { { "id", "int4" }, { "name", "text" } } }
        :with_ordinality():as "x"
      return mp.select({ mp.sql "x.ordinality" }):from(x)
    end,
      "select x.ordinality from rows from (pairs_of($1::int4) as (id int4, name text)) with "
        .. "ordinality as x", { 3 } },
    { "sees the row in several functions", function()
      local x = mp.rows_from(fn.unnest(u.tags), fn.unnest(u.marks)):as("x", { "tag", "mark" })
      return mp.select({ u.id, x.tag, x.mark }):from(u):left_join_lateral(x, x.mark:gt(1))
    end,
      "select u.id, x.tag, x.mark from users as u left join lateral rows from (unnest(u.tags), "
        .. "unnest(u.marks)) as x (tag, mark) on x.mark > $1", { 1 } },

    { "renames the columns of a subquery", function()
      local x = mp.select({ p.author_id, fn.count() }):from(p):group_by(p.author_id)
        :as("x", { "who", "n" })
      return mp.select({ x.who }):from(x):where(x.n:gt(3))
    end,
      "select x.who from (select p.author_id, count(*) from posts as p group by p.author_id) as x "
        .. "(who, n) where x.n > $1", { 3 } },
    { "renames the columns of a union", function()
      local x = mp.select({ p.id }):from(p):union(mp.select({ k.id }):from(k)):as("x", { "any_id" })
      return mp.select({ x.any_id }):from(x)
    end,
      "select x.any_id from (select p.id from posts as p union select k.id from comments as k) "
        .. "as x (any_id)" },
    { "knows the types of columns that it renames", function()
      local x = mp.select({ u.name }):from(u):as("x", { "who" })
      return mp.select({ x.who }):from(x):where(x.who:starts_with "a")
    end,
      "select x.who from (select u.name from users as u) as x (who) where x.who like $1",
      { "a%" } },
  }
end
