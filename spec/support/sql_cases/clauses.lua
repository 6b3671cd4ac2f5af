-- clauses.lua - cases: what is selected, from what, in what order, and how much of it.
return function(mp, t)
  local u, p, User = t.u, t.p, t.User
  local fn = mp.fn
  local function s(list) return mp.select(list):from(u) end

  return {
    { "selects columns", function() return s { u.id, u.name } end,
      "select u.id, u.name from users as u" },
    { "selects columns by their names", function() return s { "id", "name" } end,
      "select u.id, u.name from users as u" },
    { "selects names and expressions", function() return s { "id", fn.lower(u.name) } end,
      "select u.id, lower(u.name) from users as u" },
    { "names what it selects", function() return s { u.id, mail = u.email } end,
      "select u.id, u.email as mail from users as u" },
    { "names what it selects by as", function() return s { u.email:as "mail", u.id } end,
      "select u.email as mail, u.id from users as u" },
    { "writes names that it gives in their order", function()
      return s { z = u.id, a = u.name, m = u.age }
    end,
      "select u.name as a, u.age as m, u.id as z from users as u" },
    { "selects every column of a model", function() return mp.select(t.Team) end,
      "select teams.id, teams.name, teams.org from teams" },
    { "selects every column of an alias", function() return mp.select(t.g) end,
      "select g.id, g.name, g.org from teams as g" },
    { "selects every column of an alias and more", function()
      return mp.select({ t.g, n = fn.count() }):from(t.g):group_by "id"
    end,
      "select g.id, g.name, g.org, count(*) as n from teams as g group by g.id" },
    { "selects every column of two tables", function()
      return mp.select({ t.g, t.k }):from(t.g, t.k)
    end,
      "select g.id, g.name, g.org, k.id, k.post_id, k.author_id, k.body from teams as g, "
        .. "comments as k" },
    { "selects whatever there is", function() return mp.select():from "teams" end,
      "select * from teams" },
    { "selects whatever one of two tables has", function()
      return mp.select({ mp.table "teams" }):from("teams", "posts")
    end,
      "select teams.* from teams, posts" },
    { "selects nothing but a value", function() return mp.select { fn.now() } end,
      "select now()" },
    { "selects a table's columns that nobody declared", function()
      local x = mp.table "teams"
      return mp.select({ x.id, x.name }):from(x)
    end,
      "select teams.id, teams.name from teams" },
    { "selects a declared table's columns", function()
      local x = mp.table("teams", { "id", "name" }):as "x"
      return mp.select({ x.id, x.c.name }):from(x)
    end,
      "select x.id, x.name from teams as x" },
    { "selects from a name", function() return mp.select({ "id" }):from "teams" end,
      "select teams.id from teams" },
    { "selects from a name with a schema", function()
      return mp.select({ "id" }):from "sql_cases_audit.entries"
    end,
      "select entries.id from sql_cases_audit.entries" },
    { "selects from a model of another schema", function()
      return mp.select({ t.Entry.id }):from(t.Entry):where { action = "x" }
    end,
      "select entries.id from sql_cases_audit.entries where entries.action = $1", { "x" } },
    { "selects from two tables that a condition ties", function()
      return mp.select({ u.id, p.id:as "post" }):from(u, p):where(p.author_id:eq(u.id))
    end,
      "select u.id, p.id as post from users as u, posts as p where p.author_id = u.id" },
    { "selects from the same table twice", function()
      local m = User:as "m"
      return mp.select({ u.id, boss = m.name }):from(u, m):where(u.manager_id:eq(m.id))
    end,
      "select u.id, m.name as boss from users as u, users as m where u.manager_id = m.id" },
    { "selects from a function", function()
      return mp.select({ "s" }):from(fn.generate_series(1, 3):as "s")
    end,
      "select s.s from generate_series($1::int4, $2::int4) as s", { 1, 3 } },
    { "selects from a function whose column has a name", function()
      local x = fn.generate_series(1, 10, 2):as("s", { "n" })
      return mp.select({ x.n, twice = x.n * 2 }):from(x):where(x.n:gt(3))
    end,
      "select s.n, s.n * $1 as twice from generate_series($2::int4, $3::int4, $4::int4) as "
        .. "s (n) where s.n > $5", { 2, 1, 10, 2, 3 } },
    { "selects from a function with places", function()
      local x = fn.unnest(mp.array({ "a", "b" }, "text")):with_ordinality():as("x", { "v", "i" })
      return mp.select({ x.i, x.v }):from(x)
    end,
      "select x.i, x.v from unnest(array[$1, $2]::text[]) with ordinality as x (v, i)",
      { "a", "b" } },
    { "selects from a function that gives records", function()
      local x = fn.pairs_of(3):as("x", { { "id", "int4" }, { "name", "text" } })
      return mp.select({ x.id, x.name }):from(x)
    end,
      "select x.id, x.name from pairs_of($1::int4) as x (id int4, name text)", { 3 } },
    { "knows the types of records that it names", function()
      local x = fn.pairs_of(3):as("x", { { "id", "int4" }, { "name", "text" } })
      return mp.select({ x.id }):from(x):where(x.name:starts_with "1")
    end,
      "select x.id from pairs_of($1::int4) as x (id int4, name text) where x.name like $2",
      { 3, "1%" } },
    { "selects from SQL under a name", function()
      return mp.select({ "g" }):from(mp.sql("generate_series(1, ?)", 3):as "g")
    end,
      "select g.g from generate_series(1, $1) as g", { 3 } },
    { "selects from a function of JSON", function()
      local x = fn.json_to_recordset("[]"):as("x", { { "a", "int4" } })
      return mp.select({ x.a }):from(x)
    end,
      "select x.a from json_to_recordset($1) as x (a int4)", { "[]" } },
    { "samples rows", function()
      return mp.select({ "id" }):from(mp.tablesample(User, 10))
    end,
      "select users.id from users tablesample bernoulli ($1)", { 10 } },
    { "samples pages, the same each time", function()
      return mp.select({ "id" }):from(mp.tablesample(u, 5.5, { method = "system", seed = 7 }))
    end,
      "select u.id from users as u tablesample system ($1) repeatable ($2)", { 5.5, 7 } },
    { "takes away conditions, groups and bounds", function()
      local base = s({ u.id }):where(u.active):group_by(u.id):having(fn.count():gt(1))
        :order_by(u.id):limit(3):offset(4)
      return base:unfiltered():ungrouped():unlimited()
    end,
      "select u.id from users as u order by u.id" },
    { "takes away the bound that has ties", function()
      return s({ u.id }):order_by(u.id):fetch(3, { with_ties = true }):unlimited():limit(2)
    end,
      "select u.id from users as u order by u.id limit $1", { 2 } },
    { "turns the order round", function()
      return s({ u.id }):order_by("age desc", u.name:asc():nulls_first(), u.id):reversed()
    end,
      "select u.id from users as u order by u.age, u.name desc nulls last, u.id desc" },
    { "turns the order of a union round", function()
      return s({ u.id }):union(s({ u.team_id })):order_by("id"):reversed()
    end,
      "select u.id from users as u union select u.team_id from users as u order by id desc" },
    { "samples and filters", function()
      local x = mp.tablesample(t.Team:as "x", 50)
      return mp.select({ x.id }):from(x):where(x.name:like "a%")
    end,
      "select x.id from teams as x tablesample bernoulli ($1) where x.name like $2",
      { 50, "a%" } },
    { "leaves tables that inherit out", function()
      return mp.select({ "id" }):from(mp.only(t.Team))
    end,
      "select teams.id from only teams" },
    { "leaves tables that inherit out under an alias", function()
      return mp.select({ "id" }):from(mp.only(t.g))
    end,
      "select g.id from only teams as g" },

    { "selects each row once", function() return s { u.role }:distinct() end,
      "select distinct u.role from users as u" },
    { "selects each row once by its old name", function() return s { u.role }:distinct_rows() end,
      "select distinct u.role from users as u" },
    { "selects the first of each", function()
      return s { u.team_id, u.name }:distinct_on(u.team_id):order_by(u.team_id, u.age:desc())
    end,
      "select distinct on (u.team_id) u.team_id, u.name from users as u order by "
        .. "u.team_id, u.age desc" },
    { "selects the first of each by names", function()
      return s { u.id }:distinct_on("team_id", "role"):order_by("team_id", "role", "id")
    end,
      "select distinct on (u.team_id, u.role) u.id from users as u order by u.team_id, "
        .. "u.role, u.id" },
    { "selects the first of each by an expression", function()
      return s { u.id }:distinct_on(fn.lower(u.name))
    end,
      "select distinct on (lower(u.name)) u.id from users as u" },

    { "orders by a column", function() return s { u.id }:order_by(u.name) end,
      "select u.id from users as u order by u.name" },
    { "orders by a column's name", function() return s { u.id }:order_by "name" end,
      "select u.id from users as u order by u.name" },
    { "orders upwards as it is", function() return s { u.id }:order_by(u.name:asc()) end,
      "select u.id from users as u order by u.name" },
    { "orders downwards", function() return s { u.id }:order_by(u.name:desc()) end,
      "select u.id from users as u order by u.name desc" },
    { "orders with NULL first", function()
      return s { u.id }:order_by(u.age:asc():nulls_first())
    end,
      "select u.id from users as u order by u.age nulls first" },
    { "orders with NULL last", function() return s { u.id }:order_by(u.age:desc():nulls_last()) end,
      "select u.id from users as u order by u.age desc nulls last" },
    { "orders with NULL last without a direction", function()
      return s { u.id }:order_by(u.age:nulls_last())
    end,
      "select u.id from users as u order by u.age nulls last" },
    { "orders by a text with its direction", function()
      return s { u.id }:order_by "age desc"
    end,
      "select u.id from users as u order by u.age desc" },
    { "orders by a text with its direction and place of NULL", function()
      return s { u.id }:order_by("age DESC NULLS LAST", "name asc", "id nulls first")
    end,
      "select u.id from users as u order by u.age desc nulls last, u.name, u.id nulls first" },
    { "orders an unknown table by a text", function()
      return mp.select({ "id" }):from("teams"):order_by("name desc", "id")
    end,
      "select teams.id from teams order by teams.name desc, teams.id" },
    { "orders by a name that it gives", function()
      return s { u.role, n = fn.count() }:group_by(u.role):order_by("n desc", "role")
    end,
      "select u.role, count(*) as n from users as u group by u.role order by n desc, u.role" },
    { "orders by what it labelled", function()
      local n = fn.count():as "n"
      return s { u.role, n }:group_by(u.role):order_by(n)
    end,
      "select u.role, count(*) as n from users as u group by u.role order by n" },
    { "orders by a list", function() return s { u.id }:order_by { "name desc", u.id } end,
      "select u.id from users as u order by u.name desc, u.id" },
    { "orders by an expression", function() return s { u.id }:order_by(fn.lower(u.name)) end,
      "select u.id from users as u order by lower(u.name)" },
    { "orders by SQL", function() return s { u.id }:order_by(mp.sql "random()") end,
      "select u.id from users as u order by random()" },
    { "orders by SQL with a value", function()
      return s { u.id }:order_by(mp.sql("array_position(?::int8[], ?)", { 3, 1 }, u.id))
    end,
      "select u.id from users as u order by array_position($1::int8[], u.id)", { { 3, 1 } } },
    { "adds to its order", function() return s { u.id }:order_by("name"):order_by(u.id:desc()) end,
      "select u.id from users as u order by u.name, u.id desc" },
    { "forgets its order", function()
      return s { u.id }:order_by("name"):unordered():order_by "id"
    end,
      "select u.id from users as u order by u.id" },

    { "limits", function() return s { u.id }:limit(10) end,
      "select u.id from users as u limit $1", { 10 } },
    { "skips", function() return s { u.id }:offset(20) end,
      "select u.id from users as u offset $1", { 20 } },
    { "limits and skips", function() return s { u.id }:limit(10):offset(20) end,
      "select u.id from users as u limit $1 offset $2", { 10, 20 } },
    { "limits to nothing", function() return s { u.id }:limit(0) end,
      "select u.id from users as u limit $1", { 0 } },
    { "keeps the last limit", function() return s { u.id }:limit(10):limit(5) end,
      "select u.id from users as u limit $1", { 5 } },
    { "limits by a subquery", function()
      return s { u.id }:limit(mp.scalar(mp.select({ fn.count() }):from(p)))
    end,
      "select u.id from users as u limit (select count(*) from posts as p)" },
    { "fetches rows", function() return s { u.id }:order_by("id"):fetch(3) end,
      "select u.id from users as u order by u.id fetch first $1 rows only", { 3 } },
    { "fetches rows with their ties", function()
      return s { u.id }:order_by("age"):fetch(3, { with_ties = true })
    end,
      "select u.id from users as u order by u.age fetch first $1 rows with ties", { 3 } },
    { "skips and fetches", function()
      return s { u.id }:order_by("age"):offset(2):fetch(3, { with_ties = true })
    end,
      "select u.id from users as u order by u.age offset $1 fetch first $2 rows with ties",
      { 2, 3 } },
    { "fetches as many as an expression says", function()
      return s { u.id }:order_by("id"):fetch(mp.sql "1 + 1")
    end,
      "select u.id from users as u order by u.id fetch first (1 + 1) rows only" },

    { "groups", function() return s { u.role, fn.count() }:group_by(u.role) end,
      "select u.role, count(*) from users as u group by u.role" },
    { "groups by a list", function() return s { u.role }:group_by { "role", u.team_id } end,
      "select u.role from users as u group by u.role, u.team_id" },
    { "groups by a name", function() return s { u.role }:group_by("role", "team_id") end,
      "select u.role from users as u group by u.role, u.team_id" },
    { "groups by a name that it gives", function()
      return s { first = fn.left(u.name, 1) }:group_by "first"
    end,
      'select "left"(u.name, $1::int4) as first from users as u group by "left"(u.name, '
        .. "$1::int4)", { 1 } },
    { "groups by the expression that it selects", function()
      local day = fn.date_trunc("day", u.created_at)
      return s { day = day, n = fn.count() }:group_by(day):order_by(day)
    end,
      "select date_trunc($1, u.created_at) as day, count(*) as n from users as u group by "
        .. "date_trunc($1, u.created_at) order by date_trunc($1, u.created_at)", { "day" } },
    { "groups by what it labelled", function()
      local day = fn.date_trunc("day", u.created_at):as "day"
      return s { day, fn.count() }:group_by(day)
    end,
      "select date_trunc($1, u.created_at) as day, count(*) from users as u group by "
        .. "date_trunc($1, u.created_at)", { "day" } },
    { "groups by what it labelled, whatever columns other tables have", function()
      local body = fn.lower(u.name):as "body"
      return mp.select({ body, fn.count() }):from(u):join(p, p.author_id:eq(u.id)):group_by(body)
    end,
      "select lower(u.name) as body, count(*) from users as u join posts as p on "
        .. "p.author_id = u.id group by lower(u.name)" },
    { "prefers a column to a name that it gives in a group", function()
      return s { name = fn.min(u.email), fn.count() }:group_by "name"
    end,
      "select count(*), min(u.email) as name from users as u group by u.name" },
    { "asks groups", function()
      return s { u.role }:group_by(u.role):having(fn.count():gt(3))
    end,
      "select u.role from users as u group by u.role having count(*) > $1", { 3 } },
    { "asks groups several things", function()
      return s { u.role }:group_by(u.role):having(fn.count():gt(3), fn.max(u.age):lt(99))
        :having(fn.bool_and(u.active))
    end,
      "select u.role from users as u group by u.role having count(*) > $1 and max(u.age) < "
        .. "$2 and bool_and(u.active)", { 3, 99 } },
    { "asks groups by names", function()
      return s { u.role }:group_by(u.role):having { role = mp.ne "x" }
    end,
      "select u.role from users as u group by u.role having u.role <> $1", { "x" } },
    { "adds columns", function()
      return s { u.id }:columns_added { "name", n = fn.length(u.email) }
    end,
      "select u.id, u.name, length(u.email) as n from users as u" },
    { "replaces columns", function() return s { u.id }:columns_replaced { u.name } end,
      "select u.name from users as u" },
    { "counts what it gives", function()
      return s { u.id }:where { active = true }:order_by("id"):count()
    end,
      "select count(*) from users as u where u.active = $1", { true } },
    { "counts what a limit leaves", function() return s { u.id }:limit(3):count() end,
      "select (select count(*) from (select u.id from users as u limit $1) as counted)",
      { 3 } },
    { "counts groups", function() return s { u.role }:group_by("role"):count() end,
      "select (select count(*) from (select u.role from users as u group by u.role) as counted)" },
    { "counts different rows", function() return s { u.role }:distinct():count() end,
      "select (select count(*) from (select distinct u.role from users as u) as counted)" },
    { "writes every clause in its place", function()
      return mp.select({ u.role, n = fn.count(p.id) }):from(u):left_join(p, p.author_id:eq(u.id))
        :where(u.active):group_by(u.role):having(fn.count(p.id):gt(1))
        :order_by("n desc"):limit(5):offset(10)
    end,
      "select u.role, count(p.id) as n from users as u left join posts as p on p.author_id "
        .. "= u.id where u.active group by u.role having count(p.id) > $1 order by n desc limit "
        .. "$2 offset $3", { 1, 5, 10 } },
    { "takes clauses in any order", function()
      return mp.select({ u.role, n = fn.count(p.id) }):from(u):limit(5):order_by("n desc")
        :having(fn.count(p.id):gt(1)):group_by(u.role):where(u.active)
        :left_join(p, p.author_id:eq(u.id)):offset(10)
    end,
      "select u.role, count(p.id) as n from users as u left join posts as p on p.author_id "
        .. "= u.id where u.active group by u.role having count(p.id) > $1 order by n desc limit "
        .. "$2 offset $3", { 1, 5, 10 } },
  }
end
