-- joins.lua - cases: joins of every kind, of aliases, subqueries and functions, and lateral ones.
return function(mp, t)
  local u, g, p, k, User = t.u, t.g, t.p, t.k, t.User
  local fn = mp.fn
  local on = p.author_id:eq(u.id)
  local function s(...) return mp.select({ u.id }):from(u, ...) end

  return {
    { "joins", function() return s():join(p, on) end,
      "select u.id from users as u join posts as p on p.author_id = u.id" },
    { "joins by its full name", function() return s():inner_join(p, on) end,
      "select u.id from users as u join posts as p on p.author_id = u.id" },
    { "joins to the left", function() return s():left_join(p, on) end,
      "select u.id from users as u left join posts as p on p.author_id = u.id" },
    { "joins to the right", function() return s():right_join(p, on) end,
      "select u.id from users as u right join posts as p on p.author_id = u.id" },
    { "joins fully", function() return s():full_join(p, on) end,
      "select u.id from users as u full join posts as p on p.author_id = u.id" },
    { "joins every row with every row", function() return s():cross_join(g) end,
      "select u.id from users as u cross join teams as g" },
    { "joins by a common column", function()
      local a, b = t.Post:as "a", t.Comment:as "b"
      return mp.select({ a.id }):from(a):join(b, { using = { "author_id" } })
    end,
      "select a.id from posts as a join comments as b using (author_id)" },
    { "joins by common columns", function()
      local a, b = t.Post:as "a", t.Comment:as "b"
      return mp.select({ a.id }):from(a):left_join(b, { using = { "author_id", "body" } })
    end,
      "select a.id from posts as a left join comments as b using (author_id, body)" },
    { "joins by a common column given alone", function()
      return mp.select({ p.id }):from(p):full_join(k, { using = "author_id" })
    end,
      "select p.id from posts as p full join comments as k using (author_id)" },
    { "joins a model under its own name", function()
      return mp.select({ User.id }):from(User):join(t.Post, t.Post.author_id:eq(User.id))
    end,
      "select users.id from users join posts on posts.author_id = users.id" },
    { "joins a table with itself", function()
      local m = User:as "m"
      return mp.select({ u.name, boss = m.name }):from(u):left_join(m, m.id:eq(u.manager_id))
    end,
      "select u.name, m.name as boss from users as u left join users as m on m.id = u.manager_id" },
    { "joins a table with itself twice", function()
      local m, n = User:as "m", User:as "n"
      return mp.select({ u.id, m.id:as "boss", n.id:as "top" }):from(u)
        :join(m, m.id:eq(u.manager_id)):join(n, n.id:eq(m.manager_id))
    end,
      "select u.id, m.id as boss, n.id as top from users as u join users as m on m.id = "
        .. "u.manager_id join users as n on n.id = m.manager_id" },
    { "joins several tables", function()
      return s():join(p, on):left_join(k, k.post_id:eq(p.id)):join(g, g.id:eq(u.team_id))
    end,
      "select u.id from users as u join posts as p on p.author_id = u.id left join "
        .. "comments as k on k.post_id = p.id join teams as g on g.id = u.team_id" },
    { "joins by several conditions", function()
      return s():join(p, on & p.state:eq "live" & p.views:gt(u.age))
    end,
      "select u.id from users as u join posts as p on p.author_id = u.id and p.state = $1 "
        .. "and p.views > u.age", { "live" } },
    { "joins by an inequality", function() return s():join(p, p.views:gt(u.age)) end,
      "select u.id from users as u join posts as p on p.views > u.age" },
    { "joins by SQL", function() return s():join(p, mp.sql("? = ?", p.author_id, u.id)) end,
      "select u.id from users as u join posts as p on p.author_id = u.id" },
    { "joins by the joined table's columns", function()
      return s():join(p, { author_id = u.id, state = "live" })
    end,
      "select u.id from users as u join posts as p on p.author_id = u.id and p.state = $1",
      { "live" } },
    { "joins by a list of conditions", function()
      return s():left_join(p, { on, p.views:gt(3), state = { "live", "new" } })
    end,
      "select u.id from users as u left join posts as p on p.author_id = u.id and p.views "
        .. "> $1 and p.state = any($2)", { 3, { "live", "new" } } },
    { "joins a name", function() return s():join("teams", mp.sql "teams.id = u.team_id") end,
      "select u.id from users as u join teams on teams.id = u.team_id" },
    { "joins a table of another schema", function()
      return s():join(t.l, t.l.user_id:eq(u.id))
    end,
      "select u.id from users as u join sql_cases_audit.entries as l on l.user_id = u.id" },
    { "joins a model of another schema under its own name", function()
      return s():join(t.Entry, t.Entry.user_id:eq(u.id))
    end,
      "select u.id from users as u join sql_cases_audit.entries on entries.user_id = u.id" },
    { "joins a subquery", function()
      local x = mp.select({ p.author_id, n = fn.count() }):from(p):group_by(p.author_id):as "x"
      return mp.select({ u.name, x.n }):from(u):join(x, x.author_id:eq(u.id))
    end,
      "select u.name, x.n from users as u join (select p.author_id, count(*) as n from "
        .. "posts as p group by p.author_id) as x on x.author_id = u.id" },
    { "joins a subquery with a value in it", function()
      local x = mp.select({ p.author_id }):from(p):where { state = "live" }:as "x"
      return mp.select({ u.id }):from(u):left_join(x, x.author_id:eq(u.id)):where(u.age:gt(3))
    end,
      "select u.id from users as u left join (select p.author_id from posts as p where "
        .. "p.state = $1) as x on x.author_id = u.id where u.age > $2", { "live", 3 } },
    { "joins a function", function()
      local x = fn.generate_series(1, 3):as("x", { "n" })
      return mp.select({ u.id, x.n }):from(u):join(x, x.n:le(u.age))
    end,
      "select u.id, x.n from users as u join generate_series($1::int4, $2::int4) as x (n) "
        .. "on x.n <= u.age", { 1, 3 } },
    { "joins to the right of several tables in from", function()
      return mp.select({ u.id }):from(g, u):join(p, on):where(g.id:eq(u.team_id))
    end,
      "select u.id from teams as g, users as u join posts as p on p.author_id = u.id where "
        .. "g.id = u.team_id" },
    { "joins and asks for what is not there", function()
      return s():left_join(p, on):where(p.id:is_null())
    end,
      "select u.id from users as u left join posts as p on p.author_id = u.id where p.id is null" },
    { "keeps a base that is joined in two ways", function()
      local base = s():where(u.active)
      return base:join(p, on):where { id = base:join(g, g.id:eq(u.team_id)) }
    end,
      "select u.id from users as u join posts as p on p.author_id = u.id where u.active "
        .. "and u.id = (select u.id from users as u join teams as g on g.id = u.team_id where "
        .. "u.active)" },

    { "joins a subquery that sees the row", function()
      local x = mp.select({ p.id, p.title }):from(p):where(on):order_by(p.id:desc()):limit(3)
      return mp.select({ u.id, "title" }):from(u):lateral(x, "x")
    end,
      "select u.id, title from users as u cross join lateral (select p.id, p.title from "
        .. "posts as p where p.author_id = u.id order by p.id desc limit $1) as x", { 3 } },
    { "joins a subquery that sees the row to the left", function()
      local x = mp.select({ p.id, p.title }):from(p):where(on):limit(1):as "x"
      return mp.select({ u.id, x.title }):from(u):left_join_lateral(x)
    end,
      "select u.id, x.title from users as u left join lateral (select p.id, p.title from "
        .. "posts as p where p.author_id = u.id limit $1) as x on true", { 1 } },
    { "joins a named subquery that sees the row to the left", function()
      local x = mp.select({ n = fn.count() }):from(p):where(on)
      return mp.select({ u.id, mp.sql "x.n" }):from(u):left_join_lateral(x, "x")
    end,
      "select u.id, x.n from users as u left join lateral (select count(*) as n from posts "
        .. "as p where p.author_id = u.id) as x on true" },
    { "joins a subquery that sees the row under a condition", function()
      local x = mp.select({ n = fn.count() }):from(p):where(on):as "x"
      return mp.select({ u.id, x.n }):from(u):join_lateral(x, x.n:gt(3))
    end,
      "select u.id, x.n from users as u join lateral (select count(*) as n from posts as p "
        .. "where p.author_id = u.id) as x on x.n > $1", { 3 } },
    { "joins a named subquery that sees the row under a condition", function()
      local x = mp.select({ p.views }):from(p):where(on)
      return s():left_join_lateral(x, "x", mp.sql "x.views > 3")
    end,
      "select u.id from users as u left join lateral (select p.views from posts as p where "
        .. "p.author_id = u.id) as x on x.views > 3" },
    { "joins a function that sees the row", function()
      return mp.select({ u.id, "tag" }):from(u):lateral(fn.unnest(u.tags), "tag")
    end,
      "select u.id, tag from users as u cross join lateral unnest(u.tags) as tag" },
    { "joins a function that sees the row to the left", function()
      local x = fn.jsonb_each_text(u.settings):as("x", { "key", "value" })
      return mp.select({ u.id, x.key, x.value }):from(u):left_join_lateral(x)
    end,
      "select u.id, x.key, x.value from users as u left join lateral "
        .. "jsonb_each_text(u.settings) as x (key, value) on true" },
    { "chains subqueries that see each other", function()
      local x = mp.select({ p.id }):from(p):where(on):limit(1):as "x"
      local y = mp.select({ n = fn.count() }):from(k):where(k.post_id:eq(x.id)):as "y"
      return mp.select({ u.id, y.n }):from(u):lateral(x):lateral(y)
    end,
      "select u.id, y.n from users as u cross join lateral (select p.id from posts as p "
        .. "where p.author_id = u.id limit $1) as x cross join lateral (select count(*) as n "
        .. "from comments as k where k.post_id = x.id) as y", { 1 } },
    { "sees the row two levels up", function()
      local inner = mp.select({ k.id }):from(k):where(k.post_id:eq(p.id), k.author_id:eq(u.id))
      local x = mp.select({ p.id }):from(p):where(mp.exists(inner)):as "x"
      return mp.select({ u.id, x.id:as "post" }):from(u):lateral(x)
    end,
      "select u.id, x.id as post from users as u cross join lateral (select p.id from "
        .. "posts as p where exists (select k.id from comments as k where k.post_id = p.id and "
        .. "k.author_id = u.id)) as x" },
    { "joins a union that sees the row", function()
      local x = mp.select({ p.body }):from(p):where(on)
        :union_all(mp.select({ k.body }):from(k):where(k.author_id:eq(u.id))):limit(2):as "x"
      return mp.select({ u.id, x.body }):from(u):lateral(x)
    end,
      "select u.id, x.body from users as u cross join lateral (select p.body from posts as "
        .. "p where p.author_id = u.id union all select k.body from comments as k where "
        .. "k.author_id = u.id limit $1) as x", { 2 } },
    { "joins values that see the row", function()
      local x = mp.values({ { u.age }, { u.team_id } }, { columns = { "n" } }):as "x"
      return mp.select({ u.id, x.n }):from(u):lateral(x)
    end,
      "select u.id, x.n from users as u cross join lateral (values (u.age), (u.team_id)) "
        .. "as x (n)" },
  }
end
