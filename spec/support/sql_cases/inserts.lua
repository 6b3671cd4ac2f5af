-- inserts.lua - cases: rows of values, defaults, selects, and what becomes of a row that is there.
return function(mp, t)
  local User, Team, Post, Setting = t.User, t.Team, t.Post, t.Setting
  local u, p = t.u, t.p
  local fn = mp.fn
  local function team(...)
    return mp.insert(Team):values({ name = "x", org = "o" }):on_conflict(...)
  end
  local function put(row) return mp.insert(Setting):values(row) end
  local setting = { scope = "s", key = "k", value = "v" }
  local settings = { setting, { scope = "s", key = "l", value = "w" } }

  return {
    { "inserts a row by name", function()
      return mp.insert(Team):values { name = "x", org = "o" }
    end,
      "insert into teams (name, org) values ($1, $2)", { "x", "o" } },
    { "inserts NULL", function()
      return mp.insert(User):values { email = "x", name = mp.null }
    end,
      "insert into users (email, name) values ($1, $2)", { "x", mp.null } },
    { "inserts a row of defaults", function() return mp.insert(Team):default_values() end,
      "insert into teams default values" },
    { "inserts an empty row as a row of defaults", function() return mp.insert(Team):values {} end,
      "insert into teams default values" },
    { "inserts a default by name", function()
      return mp.insert(Team):values { name = "x", org = mp.default }
    end,
      "insert into teams (name, org) values ($1, default)", { "x" } },
    { "inserts an expression", function()
      return mp.insert(Team):values { name = fn.upper("x"), org = mp.sql("? || 'o'", "p") }
    end,
      "insert into teams (name, org) values (upper($1), $2 || 'o')", { "x", "p" } },
    { "inserts a subquery's value", function()
      return mp.insert(Post):values { title = "x", author_id = mp.select({ fn.max(u.id) }):from(u) }
    end,
      "insert into posts (author_id, title) values ((select max(u.id) from users as u), $1)",
      { "x" } },
    { "inserts JSON, an array and an enum", function()
      return mp.insert(User):values { email = "x", role = "admin", tags = { "a" },
        settings = { theme = "dark" } }
    end,
      "insert into users (email, role, settings, tags) values ($1, $2, $3, $4)",
      { "x", "admin", { theme = "dark" }, { "a" } } },
    { "inserts rows as one array for each column", function()
      return mp.insert(Team):values { { name = "x", org = "o" }, { name = "y", org = "p" } }
    end,
      "insert into teams (name, org) select * from unnest($1::text[], $2::text[])",
      { { "x", "y" }, { "o", "p" } } },
    { "inserts rows with NULL in an array", function()
      return mp.insert(User):values { { email = "x", age = 3 }, { email = "y", age = mp.null } }
    end,
      "insert into users (age, email) select * from unnest($1::int4[], $2::citext[])",
      { { 3, mp.null }, { "x", "y" } } },
    { "inserts one row of a list by its values", function()
      return mp.insert(Team):values { { name = "x" } }
    end,
      "insert into teams (name) values ($1)", { "x" } },
    { "inserts rows that name different columns", function()
      return mp.insert(Team):values { { name = "x", org = "o" }, { name = "y" } }
    end,
      "insert into teams (name, org) values ($1, $2), ($3, default)", { "x", "o", "y" } },
    { "inserts rows of which one has an expression", function()
      return mp.insert(Team):values { { name = "x" }, { name = fn.lower "Y" } }
    end,
      "insert into teams (name) values ($1), (lower($2))", { "x", "Y" } },
    { "inserts rows with JSON one by one", function()
      return mp.insert(Post):values { { author_id = 1, title = "a", meta = { a = 1 } },
        { author_id = 2, title = "b", meta = {} } }
    end,
      "insert into posts (author_id, meta, title) values ($1, $2, $3), ($4, $5, $6)",
      { 1, { a = 1 }, "a", 2, {}, "b" } },
    { "inserts rows with arrays one by one", function()
      return mp.insert(User):values { { email = "x", tags = { "a" } },
        { email = "y", tags = {} } }
    end,
      "insert into users (email, tags) values ($1, $2), ($3, $4)", { "x", { "a" }, "y", {} } },
    { "inserts rows of enums, dates and times as arrays", function()
      return mp.insert(User):values {
        { email = "x", role = "admin", born = "2000-01-01", seen_at = "2026-01-01" },
        { email = "y", role = "reader", born = mp.null, seen_at = mp.null } }
    end,
      "insert into users (born, email, role, seen_at) select * from unnest($1::date[], "
        .. "$2::citext[], $3::user_role[], $4::timestamptz[])",
      { { "2000-01-01", mp.null }, { "x", "y" }, { "admin", "reader" },
        { "2026-01-01", mp.null } } },
    { "inserts into an alias", function()
      return mp.insert(t.g):values({ name = "x" }):returning(t.g.id)
    end,
      "insert into teams as g (name) values ($1) returning g.id", { "x" } },
    { "inserts into another schema", function()
      return mp.insert(t.Entry):values { action = "x", user_id = 1 }
    end,
      "insert into sql_cases_audit.entries (action, user_id) values ($1, $2)", { "x", 1 } },
    { "inserts into a table that has no model", function()
      return mp.insert("teams"):values { name = "x" }
    end,
      "insert into teams (name) values ($1)", { "x" } },
    { "inserts rows into a table that has no model", function()
      return mp.insert("teams"):values { { name = "x" }, { name = "y" } }
    end,
      "insert into teams (name) values ($1), ($2)", { "x", "y" } },

    { "inserts a select", function()
      return mp.insert(Team):from_select({ "name" }, mp.select({ u.name }):from(u))
    end,
      "insert into teams (name) select u.name from users as u" },
    { "inserts a select by the names that it gives", function()
      return mp.insert(Team):from_select(mp.select({ u.name, org = fn.lower(u.email) }):from(u))
    end,
      "insert into teams (name, org) select u.name, lower(u.email) as org from users as u" },
    { "inserts a select with values among its columns", function()
      return mp.insert(Team):from_select(mp.select({ u.name, org = mp.sql("?::text", "o") })
        :from(u):where(u.age:gt(18)))
    end,
      "insert into teams (name, org) select u.name, $1::text as org from users as u where "
        .. "u.age > $2", { "o", 18 } },
    { "inserts values as a query", function()
      return mp.insert(Team):from_select({ "name", "org" },
        mp.values { { "x", "o" }, { "y", "p" } })
    end,
      "insert into teams (name, org) values ($1, $2), ($3, $4)", { "x", "o", "y", "p" } },
    { "inserts a select and gives back", function()
      return mp.insert(Team):from_select({ "name" }, mp.select({ u.name }):from(u)):returning "id"
    end,
      "insert into teams (name) select u.name from users as u returning teams.id" },

    { "gives back every column", function()
      return mp.insert(Team):values({ name = "x" }):returning()
    end,
      "insert into teams (name) values ($1) returning *", { "x" } },
    { "gives back columns", function()
      return mp.insert(Team):values({ name = "x" }):returning(Team.id, Team.name)
    end,
      "insert into teams (name) values ($1) returning teams.id, teams.name", { "x" } },
    { "gives back columns by their names", function()
      return mp.insert(Team):values({ name = "x" }):returning("id", "name")
    end,
      "insert into teams (name) values ($1) returning teams.id, teams.name", { "x" } },
    { "gives back expressions under names", function()
      return mp.insert(Team):values({ name = "x" })
        :returning { Team.id, upper = fn.upper(Team.name) }
    end,
      "insert into teams (name) values ($1) returning teams.id, upper(teams.name) as upper",
      { "x" } },
    { "gives back labelled expressions", function()
      return mp.insert(Team):values({ name = "x" }):returning(fn.lower(Team.name):as "lower")
    end,
      "insert into teams (name) values ($1) returning lower(teams.name) as lower", { "x" } },
    { "gives back a model's columns", function()
      return mp.insert(Team):values({ name = "x" }):returning(Team)
    end,
      "insert into teams (name) values ($1) returning teams.id, teams.name, teams.org",
      { "x" } },
    { "adds to what it gives back", function()
      return mp.insert(Team):values({ name = "x" }):returning("id"):returning "name"
    end,
      "insert into teams (name) values ($1) returning teams.id, teams.name", { "x" } },
    { "gives back a subquery", function()
      return mp.insert(Team):values({ name = "x" })
        :returning { n = mp.select({ fn.count() }):from(u) }
    end,
      "insert into teams (name) values ($1) returning (select count(*) from users as u) as n",
      { "x" } },
    { "overrides what the server would make", function()
      return mp.insert(Team):overriding_system_value():values { id = 7, name = "x" }
    end,
      "insert into teams (id, name) overriding system value values ($1, $2)", { 7, "x" } },
    { "overrides what the user gave", function()
      return mp.insert(Team):overriding("user"):values { id = 7, name = "x" }
    end,
      "insert into teams (id, name) overriding user value values ($1, $2)", { 7, "x" } },
    { "overrides in a list of rows", function()
      return mp.insert(Team):overriding("system"):values { { id = 7, name = "x" },
        { id = 8, name = "y" } }
    end,
      "insert into teams (id, name) overriding system value select * from "
        .. "unnest($1::int8[], $2::text[])", { { 7, 8 }, { "x", "y" } } },

    { "gives way to any row that is there", function() return team():ignore() end,
      "insert into teams (name, org) values ($1, $2) on conflict do nothing", { "x", "o" } },
    { "gives way to a row with its key", function() return team("name"):ignore() end,
      "insert into teams (name, org) values ($1, $2) on conflict (name) do nothing",
      { "x", "o" } },
    { "gives way by a constraint", function()
      return team({ constraint = "uq_teams_name" }):ignore()
    end,
      "insert into teams (name, org) values ($1, $2) on conflict on constraint "
        .. "uq_teams_name do nothing", { "x", "o" } },
    { "takes over values", function() return team("name"):update { "org" } end,
      "insert into teams (name, org) values ($1, $2) on conflict (name) do update set org "
        .. "= excluded.org", { "x", "o" } },
    { "takes over every value but the key's", function() return team("name"):update() end,
      "insert into teams (name, org) values ($1, $2) on conflict (name) do update set org "
        .. "= excluded.org", { "x", "o" } },
    { "takes over every value of a list of rows", function()
      return mp.insert(Setting):values(settings):on_conflict("scope", "key"):update()
    end,
      "insert into settings (key, scope, value) select * from unnest($1::text[], "
        .. "$2::text[], $3::text[]) on conflict (scope, key) do update set value = "
        .. "excluded.value", { { "k", "l" }, { "s", "s" }, { "v", "w" } } },
    { "sets values", function() return team("name"):update { org = "z" } end,
      "insert into teams (name, org) values ($1, $2) on conflict (name) do update set org = $3",
      { "x", "o", "z" } },
    { "takes over some values and sets others", function()
      return mp.insert(User):values({ email = "x", name = "y", age = 1 }):on_conflict("email")
        :update { "name", age = User.age + 1 }
    end,
      "insert into users (age, email, name) values ($1, $2, $3) on conflict (email) do "
        .. "update set age = users.age + $4, name = excluded.name", { 1, "x", "y", 1 } },
    { "calculates with the new row", function()
      return mp.insert(User):values({ email = "x", age = 1 }):on_conflict("email")
        :update { age = User.age + mp.excluded.age,
          name = fn.coalesce(mp.excluded.name, User.name) }
    end,
      "insert into users (age, email) values ($1, $2) on conflict (email) do update set "
        .. "age = users.age + excluded.age, name = coalesce(excluded.name, users.name)",
      { 1, "x" } },
    { "sets a default on conflict", function()
      return team("name"):update { org = mp.default }
    end,
      "insert into teams (name, org) values ($1, $2) on conflict (name) do update set org "
        .. "= default", { "x", "o" } },
    { "updates by a constraint", function()
      return team({ constraint = "uq_teams_name" }):update { "org" }
    end,
      "insert into teams (name, org) values ($1, $2) on conflict on constraint "
        .. "uq_teams_name do update set org = excluded.org", { "x", "o" } },
    { "updates under a condition", function()
      return team("name"):update({ "org" }):where(Team.org:ne "main")
    end,
      "insert into teams (name, org) values ($1, $2) on conflict (name) do update set org "
        .. "= excluded.org where teams.org <> $3", { "x", "o", "main" } },
    { "updates under a condition on both rows", function()
      return team("name"):update({ "org" }):where(Team.org:is_distinct_from(mp.excluded.org))
    end,
      "insert into teams (name, org) values ($1, $2) on conflict (name) do update set org "
        .. "= excluded.org where teams.org is distinct from excluded.org", { "x", "o" } },
    { "updates under several conditions", function()
      return team("name"):update({ "org" }):where(Team.id:gt(1)):where { org = "x" }
    end,
      "insert into teams (name, org) values ($1, $2) on conflict (name) do update set org "
        .. "= excluded.org where teams.id > $3 and teams.org = $4", { "x", "o", 1, "x" } },
    { "names a key by columns", function()
      return mp.insert(Setting):values(setting):on_conflict(Setting.scope, Setting.key)
        :update { "value" }
    end,
      "insert into settings (key, scope, value) values ($1, $2, $3) on conflict (scope, "
        .. "key) do update set value = excluded.value", { "k", "s", "v" } },
    { "names a key by an expression", function()
      return mp.insert(Team):values({ name = "x" }):on_conflict(fn.lower(Team.name)):ignore()
    end,
      "insert into teams (name) values ($1) on conflict ((lower(teams.name))) do nothing",
      { "x" } },
    { "names a key of a partial index", function()
      return team("name", { where = mp.sql "org = 'main'" }):update { "org" }
    end,
      "insert into teams (name, org) values ($1, $2) on conflict (name) where org = 'main' "
        .. "do update set org = excluded.org", { "x", "o" } },
    { "names a key of a partial index alone in a table", function()
      return team({ "name", where = mp.sql "org = 'main'" }):ignore()
    end,
      "insert into teams (name, org) values ($1, $2) on conflict (name) where org = 'main' "
        .. "do nothing", { "x", "o" } },
    { "gives back a row that it changed", function()
      return team("name"):update({ "org" }):returning("id", { is_new = mp.sql "xmax = 0" })
    end,
      "insert into teams (name, org) values ($1, $2) on conflict (name) do update set org "
        .. "= excluded.org returning teams.id, xmax = 0 as is_new", { "x", "o" } },
    { "upserts into an alias", function()
      local g = t.g
      return mp.insert(g):values({ name = "x" }):on_conflict("name"):update { org = g.org .. "!" }
    end,
      "insert into teams as g (name) values ($1) on conflict (name) do update set org = "
        .. "g.org || $2", { "x", "!" } },
    { "upserts a select", function()
      return mp.insert(Team):from_select({ "name" }, mp.select({ u.name }):from(u):where(u.active))
        :on_conflict("name"):ignore()
    end,
      "insert into teams (name) select u.name from users as u where u.active on conflict "
        .. "(name) do nothing" },

    { "gives back the row that is there", function()
      return team("name"):ignore({ return_existing = true }):returning("id", "org")
    end,
      "with inserted as (insert into teams (name, org) values ($1, $2) on conflict (name) "
        .. "do nothing returning teams.id, teams.org) select * from inserted union all select "
        .. "teams.id, teams.org from teams where teams.name in ($1)", { "x", "o" } },
    { "does not look for the row when it is ignored after all", function()
      return team("name"):ignore({ return_existing = true }):returning("id"):ignore()
    end,
      "insert into teams (name, org) values ($1, $2) on conflict (name) do nothing "
        .. "returning teams.id", { "x", "o" } },
    { "does not look for the row when it is changed after all", function()
      return team("name"):ignore({ return_existing = true }):on_conflict("name"):update { "org" }
    end,
      "insert into teams (name, org) values ($1, $2) on conflict (name) do update set org "
        .. "= excluded.org", { "x", "o" } },
    { "gives back every column of the row that is there", function()
      return team("name"):ignore { return_existing = true }:returning()
    end,
      "with inserted as (insert into teams (name, org) values ($1, $2) on conflict (name) "
        .. "do nothing returning *) select * from inserted union all select * from teams where "
        .. "teams.name in ($1)", { "x", "o" } },
    { "gives back the row that is there, whatever the order of calls", function()
      return mp.insert(Team):returning("id"):values({ name = "x" }):on_conflict("name")
        :ignore { return_existing = true }
    end,
      "with inserted as (insert into teams (name) values ($1) on conflict (name) do "
        .. "nothing returning teams.id) select * from inserted union all select teams.id from "
        .. "teams where teams.name in ($1)", { "x" } },
    { "gives back rows that are there by an array", function()
      return mp.insert(Team):values({ { name = "x" }, { name = "y" } }):on_conflict("name")
        :ignore({ return_existing = true }):returning(Team.id)
    end,
      "with inserted as (insert into teams (name) select * from unnest($1::text[]) on "
        .. "conflict (name) do nothing returning teams.id) select * from inserted union all "
        .. "select teams.id from teams where teams.name = any($1::text[])", { { "x", "y" } } },
    { "gives back a row that is there by a key of two", function()
      return put(setting):on_conflict("scope", "key"):ignore({ return_existing = true })
        :returning "value"
    end,
      "with inserted as (insert into settings (key, scope, value) values ($1, $2, $3) on "
        .. "conflict (scope, key) do nothing returning settings.value) select * from inserted "
        .. "union all select settings.value from settings where (settings.scope, settings.key) "
        .. "in (($2, $1))", { "k", "s", "v" } },
    { "gives back rows that are there by arrays of a key of two", function()
      return put(settings):on_conflict("scope", "key"):ignore({ return_existing = true })
        :returning "value"
    end,
      "with inserted as (insert into settings (key, scope, value) select * from "
        .. "unnest($1::text[], $2::text[], $3::text[]) on conflict (scope, key) do nothing "
        .. "returning settings.value) select * from inserted union all select settings.value "
        .. "from settings where (settings.scope, settings.key) in (select * from "
        .. "unnest($2::text[], $1::text[]) as given (scope, key))",
      { { "k", "l" }, { "s", "s" }, { "v", "w" } } },
    { "gives back rows that are there of rows given one by one", function()
      return mp.insert(Post):values({ { author_id = 1, title = "a", meta = { a = 1 }, id = 1 },
        { author_id = 1, title = "a", meta = {}, id = 2 } }):overriding("system"):on_conflict("id")
        :ignore({ return_existing = true }):returning "id"
    end,
      "with inserted as (insert into posts (author_id, id, meta, title) overriding system "
        .. "value values ($1, $2, $3, $4), ($5, $6, $7, $8) on conflict (id) do nothing "
        .. "returning posts.id) select * from inserted union all select posts.id from posts "
        .. "where posts.id in ($2, $6)", { 1, 1, { a = 1 }, "a", 1, 2, {}, "a" } },
    { "gives back what is there behind something in front", function()
      local x = mp.cte("x", mp.select({ p.id }):from(p))
      return mp.insert(Team):with(x):values({ name = "x",
        org = mp.sql("?::text", mp.select({ fn.max(x.id) }):from(x)) }):on_conflict("name")
        :ignore({ return_existing = true }):returning "id"
    end,
      "with x as (select p.id from posts as p), inserted as (insert into teams (name, org) "
        .. "values ($1, (select max(x.id) from x)::text) on conflict (name) do nothing "
        .. "returning teams.id) select * from inserted union all select teams.id from teams "
        .. "where teams.name in ($1)", { "x" } },
  }
end
