-- writes.lua - cases: update, delete, merge, and rows of values as tables.
return function(mp, t)
  local User, Team, Post, Setting, Event = t.User, t.Team, t.Post, t.Setting, t.Event
  local u, g, p = t.u, t.g, t.p
  local fn = mp.fn
  local source = mp.values({ { 1, "a" }, { 2, "b" } },
    { columns = { "id", "name" }, types = { "int8", "text" } }):as "s"
  local function m() return mp.merge(g):using(source, g.id:eq(source.id)) end

  return {
    { "updates every row", function() return mp.update(User):set { active = false } end,
      "update users set active = $1", { false } },
    { "updates some rows", function()
      return mp.update(User):set({ name = "x" }):where { id = 1 }
    end,
      "update users set name = $1 where users.id = $2", { "x", 1 } },
    { "updates several columns in their order", function()
      return mp.update(User):set { name = "x", age = 3, active = true }
    end,
      "update users set active = $1, age = $2, name = $3", { true, 3, "x" } },
    { "sets NULL", function() return mp.update(User):set { name = mp.null } end,
      "update users set name = $1", { mp.null } },
    { "sets a default", function() return mp.update(User):set { role = mp.default } end,
      "update users set role = default" },
    { "sets a column to another", function() return mp.update(User):set { name = User.email } end,
      "update users set name = users.email" },
    { "sets JSON", function() return mp.update(User):set { settings = { a = { 1, 2 } } } end,
      "update users set settings = $1", { { a = { 1, 2 } } } },
    { "sets a part of JSON by merging", function()
      return mp.update(User):set { settings = User.settings .. { theme = "dark" } }
    end,
      "update users set settings = users.settings || $1", { { theme = "dark" } } },
    { "appends to an array's column", function()
      return mp.update(User):set { tags = fn.array_append(User.tags, "x") }
    end,
      "update users set tags = array_append(users.tags, $1)", { "x" } },
    { "sets columns by one select", function()
      return mp.update(User):set_row({ "name", "age" },
        mp.select({ p.title, p.views }):from(p):where(p.author_id:eq(User.id)):limit(1))
    end,
      "update users set (name, age) = (select p.title, p.views from posts as p where "
        .. "p.author_id = users.id limit $1)", { 1 } },
    { "sets columns by one select and others by values", function()
      return mp.update(User):set({ active = true }):set_row({ "name", "age" },
        mp.select({ p.title, p.views }):from(p):limit(1))
    end,
      "update users set active = $1, (name, age) = (select p.title, p.views from posts as "
        .. "p limit $2)", { true, 1 } },
    { "updates an alias", function() return mp.update(u):set({ name = "x" }):where(u.age:gt(3)) end,
      "update users as u set name = $1 where u.age > $2", { "x", 3 } },
    { "updates a table of another schema", function()
      return mp.update(t.Entry):set({ action = "x" }):where { id = 1 }
    end,
      "update sql_cases_audit.entries set action = $1 where entries.id = $2", { "x", 1 } },
    { "updates from another table", function()
      return mp.update(User):set({ name = g.name }):from(g):where(g.id:eq(User.team_id))
    end,
      "update users set name = g.name from teams as g where g.id = users.team_id" },
    { "updates from two tables", function()
      return mp.update(User):set({ name = p.title }):from(g, p)
        :where(g.id:eq(User.team_id), p.author_id:eq(User.id))
    end,
      "update users set name = p.title from teams as g, posts as p where g.id = "
        .. "users.team_id and p.author_id = users.id" },
    { "updates from a join", function()
      local k = t.k
      return mp.update(User):set({ name = k.body }):from(p):join(k, k.post_id:eq(p.id))
        :where(p.author_id:eq(User.id))
    end,
      "update users set name = k.body from posts as p join comments as k on k.post_id = "
        .. "p.id where p.author_id = users.id" },
    { "updates from a subquery", function()
      local x = mp.select({ p.author_id, n = fn.count() }):from(p):group_by(p.author_id):as "x"
      return mp.update(User):set({ age = x.n }):from(x):where(x.author_id:eq(User.id))
    end,
      "update users set age = x.n from (select p.author_id, count(*) as n from posts as p "
        .. "group by p.author_id) as x where x.author_id = users.id" },
    { "updates from the same table", function()
      local boss = User:as "boss"
      return mp.update(User):set({ team_id = boss.team_id }):from(boss)
        :where(boss.id:eq(User.manager_id))
    end,
      "update users set team_id = boss.team_id from users as boss where boss.id = "
        .. "users.manager_id" },
    { "gives back what it changed", function()
      return mp.update(User):set({ age = User.age + 1 }):where({ id = 1 }):returning("id", "age")
    end,
      "update users set age = users.age + $1 where users.id = $2 returning users.id, users.age",
      { 1, 1 } },
    { "gives back columns of both tables", function()
      return mp.update(User):set({ name = g.name }):from(g):where(g.id:eq(User.team_id))
        :returning(User.id, { team = g.name })
    end,
      "update users set name = g.name from teams as g where g.id = users.team_id returning "
        .. "users.id, g.name as team" },
    { "updates what a subquery finds", function()
      return mp.update(User):set({ active = false })
        :where(User.id:one_of(mp.select({ p.author_id }):from(p)))
    end,
      "update users set active = $1 where users.id in (select p.author_id from posts as p)",
      { false } },
    { "keeps the last set", function()
      return mp.update(User):set({ name = "x" }):set { age = 1 }
    end,
      "update users set age = $1", { 1 } },

    { "updates each row to its own values", function()
      return mp.update(User):from_values({ { id = 1, name = "a", age = 3 },
        { id = 2, name = "b", age = mp.null } }, { key = "id" })
    end,
      "update users set age = given.age, name = given.name from unnest($1::int4[], "
        .. "$2::int8[], $3::text[]) as given (age, id, name) where users.id = given.id",
      { { 3, mp.null }, { 1, 2 }, { "a", "b" } } },
    { "updates one row to its own values by the same text", function()
      return mp.update(User):from_values({ { id = 1, name = "a", age = 3 } }, { key = "id" })
    end,
      "update users set age = given.age, name = given.name from unnest($1::int4[], "
        .. "$2::int8[], $3::text[]) as given (age, id, name) where users.id = given.id",
      { { 3 }, { 1 }, { "a" } } },
    { "updates by a key of two", function()
      return mp.update(Setting):from_values({ { scope = "s", key = "k", value = "v" } },
        { key = { "scope", "key" } })
    end,
      "update settings set value = given.value from unnest($1::text[], $2::text[], "
        .. "$3::text[]) as given (key, scope, value) where settings.scope = given.scope and "
        .. "settings.key = given.key", { { "k" }, { "s" }, { "v" } } },
    { "updates an enum's column to its own values", function()
      return mp.update(User):from_values({ { id = 1, role = "admin" } }, { key = "id" })
    end,
      "update users set role = given.role from unnest($1::int8[], $2::user_role[]) as "
        .. "given (id, role) where users.id = given.id", { { 1 }, { "admin" } } },
    { "updates JSON to its own values one by one", function()
      return mp.update(User):from_values({ { id = 1, settings = { a = 1 } },
        { id = 2, settings = {} } }, { key = "id" })
    end,
      "update users set settings = given.settings from (values ($1::int8, $2::jsonb), "
        .. "($3::int4, $4)) as given (id, settings) where users.id = given.id",
      { 1, { a = 1 }, 2, {} } },
    { "updates arrays to their own values one by one", function()
      return mp.update(User):from_values({ { id = 1, tags = { "a" } }, { id = 2, tags = {} } },
        { key = "id" })
    end,
      "update users set tags = given.tags from (values ($1::int8, $2::text[]), ($3::int4, "
        .. "$4)) as given (id, tags) where users.id = given.id", { 1, { "a" }, 2, {} } },
    { "updates to expressions of its own", function()
      return mp.update(User):from_values({ { id = 1, name = fn.upper "a" },
        { id = 2, name = "b" } }, { key = "id" })
    end,
      "update users set name = given.name from (values ($1::int8, upper($2)), ($3::int4, "
        .. "$4)) as given (id, name) where users.id = given.id", { 1, "a", 2, "b" } },
    { "updates a table without a model by types that it names", function()
      return mp.update("teams"):from_values({ { id = 1, name = "a" } },
        { key = "id", types = { id = "int8", name = "text" } })
    end,
      "update teams set name = given.name from unnest($1::int8[], $2::text[]) as given "
        .. "(id, name) where teams.id = given.id", { { 1 }, { "a" } } },
    { "names the values as a table", function()
      return mp.update(User):from_values({ { id = 1, name = "a" } }, { key = "id", as = "new" })
        :where(mp.sql "new.name is not null"):returning "id"
    end,
      "update users set name = new.name from unnest($1::int8[], $2::text[]) as new (id, "
        .. "name) where users.id = new.id and (new.name is not null) returning users.id",
      { { 1 }, { "a" } } },
    { "updates an alias to its own values", function()
      return mp.update(u):from_values({ { id = 1, name = "a" } }, { key = "id" })
        :where(u.active):returning(u.id, u.name)
    end,
      "update users as u set name = given.name from unnest($1::int8[], $2::text[]) as "
        .. "given (id, name) where u.id = given.id and u.active returning u.id, u.name",
      { { 1 }, { "a" } } },

    { "deletes every row", function() return mp.delete(Post) end,
      "delete from posts" },
    { "deletes some rows", function() return mp.delete(Post):where { id = 1 } end,
      "delete from posts where posts.id = $1", { 1 } },
    { "deletes under several conditions", function()
      return mp.delete(Post):where({ state = "old" }):where(Post.views:lt(3))
    end,
      "delete from posts where posts.state = $1 and posts.views < $2", { "old", 3 } },
    { "deletes from an alias", function() return mp.delete(p):where(p.views:lt(3)) end,
      "delete from posts as p where p.views < $1", { 3 } },
    { "deletes from another schema", function() return mp.delete(t.Entry):where { id = 1 } end,
      "delete from sql_cases_audit.entries where entries.id = $1", { 1 } },
    { "deletes beside another table", function()
      return mp.delete(Post):using(u):where(u.id:eq(Post.author_id), ~u.active)
    end,
      "delete from posts using users as u where u.id = posts.author_id and not u.active" },
    { "deletes beside two tables", function()
      return mp.delete(Post):using(u, g):where(u.id:eq(Post.author_id), g.id:eq(u.team_id))
    end,
      "delete from posts using users as u, teams as g where u.id = posts.author_id and "
        .. "g.id = u.team_id" },
    { "deletes beside a join", function()
      return mp.delete(Post):using(u):join(g, g.id:eq(u.team_id)):where(u.id:eq(Post.author_id))
    end,
      "delete from posts using users as u join teams as g on g.id = u.team_id where u.id = "
        .. "posts.author_id" },
    { "deletes duplicates beside itself", function()
      local other = Team:as "other"
      return mp.delete(Team):using(other):where(other.name:eq(Team.name), other.id:lt(Team.id))
    end,
      "delete from teams using teams as other where other.name = teams.name and other.id < "
        .. "teams.id" },
    { "deletes what a subquery finds", function()
      return mp.delete(Post):where(Post.author_id:one_of(mp.select({ u.id }):from(u)
        :where { active = false }))
    end,
      "delete from posts where posts.author_id in (select u.id from users as u where "
        .. "u.active = $1)", { false } },
    { "deletes what nothing refers to", function()
      return mp.delete(Team):where(mp.not_exists(mp.select({ u.id }):from(u)
        :where(u.team_id:eq(Team.id))))
    end,
      "delete from teams where not exists (select u.id from users as u where u.team_id = "
        .. "teams.id)" },
    { "gives back what it deleted", function()
      return mp.delete(Post):where({ id = 1 }):returning()
    end,
      "delete from posts where posts.id = $1 returning *", { 1 } },
    { "gives back columns of what it deleted", function()
      return mp.delete(Post):using(u):where(u.id:eq(Post.author_id))
        :returning(Post.id, { author = u.name })
    end,
      "delete from posts using users as u where u.id = posts.author_id returning posts.id, "
        .. "u.name as author" },

    { "merges: changes what matches", function()
      return m():when_matched():update { name = source.name }
    end,
      "merge into teams as g using unnest($1::int8[], $2::text[]) as s (id, name) on g.id "
        .. "= s.id when matched then update set name = s.name", { { 1, 2 }, { "a", "b" } } },
    { "merges: puts in what does not match", function()
      return m():when_not_matched():insert { name = source.name, org = "new" }
    end,
      "merge into teams as g using unnest($1::int8[], $2::text[]) as s (id, name) on g.id "
        .. "= s.id when not matched then insert (name, org) values (s.name, $3)",
      { { 1, 2 }, { "a", "b" }, "new" } },
    { "merges: changes or puts in", function()
      return m():when_matched():update({ name = source.name })
        :when_not_matched():insert { name = source.name }
    end,
      "merge into teams as g using unnest($1::int8[], $2::text[]) as s (id, name) on g.id "
        .. "= s.id when matched then update set name = s.name when not matched then insert "
        .. "(name) values (s.name)", { { 1, 2 }, { "a", "b" } } },
    { "merges: deletes what matches", function() return m():when_matched():delete() end,
      "merge into teams as g using unnest($1::int8[], $2::text[]) as s (id, name) on g.id "
        .. "= s.id when matched then delete", { { 1, 2 }, { "a", "b" } } },
    { "merges: does nothing with what matches", function()
      return m():when_matched():do_nothing():when_not_matched():insert { name = source.name }
    end,
      "merge into teams as g using unnest($1::int8[], $2::text[]) as s (id, name) on g.id "
        .. "= s.id when matched then do nothing when not matched then insert (name) values "
        .. "(s.name)", { { 1, 2 }, { "a", "b" } } },
    { "merges: does nothing with what does not match", function()
      return m():when_matched():delete():when_not_matched():do_nothing()
    end,
      "merge into teams as g using unnest($1::int8[], $2::text[]) as s (id, name) on g.id "
        .. "= s.id when matched then delete when not matched then do nothing",
      { { 1, 2 }, { "a", "b" } } },
    { "merges: each case under a condition", function()
      return m():when_matched(g.name:eq(source.name)):do_nothing()
        :when_matched(g.org:eq "main", source.id:gt(1)):update({ name = source.name, org = "x" })
        :when_matched():delete()
        :when_not_matched(source.id:gt(5)):insert({ name = source.name })
        :when_not_matched():do_nothing()
    end,
      "merge into teams as g using unnest($1::int8[], $2::text[]) as s (id, name) on g.id "
        .. "= s.id when matched and g.name = s.name then do nothing when matched and g.org = $3 "
        .. "and s.id > $4 then update set name = s.name, org = $5 when matched then delete when "
        .. "not matched and s.id > $6 then insert (name) values (s.name) when not matched then "
        .. "do nothing", { { 1, 2 }, { "a", "b" }, "main", 1, "x", 5 } },
    { "merges: under a condition by names", function()
      return m():when_matched({ org = "main" }):delete()
    end,
      "merge into teams as g using unnest($1::int8[], $2::text[]) as s (id, name) on g.id "
        .. "= s.id when matched and g.org = $3 then delete",
      { { 1, 2 }, { "a", "b" }, "main" } },
    { "merges: puts in defaults", function() return m():when_not_matched():insert() end,
      "merge into teams as g using unnest($1::int8[], $2::text[]) as s (id, name) on g.id "
        .. "= s.id when not matched then insert default values", { { 1, 2 }, { "a", "b" } } },
    { "merges: sets a default", function()
      return m():when_matched():update { org = mp.default }
    end,
      "merge into teams as g using unnest($1::int8[], $2::text[]) as s (id, name) on g.id "
        .. "= s.id when matched then update set org = default", { { 1, 2 }, { "a", "b" } } },
    { "merges: from a table under its name", function()
      return mp.merge(Setting):using(Team, Team.name:eq(Setting.key))
        :when_matched():update({ value = Team.org })
        :when_not_matched():insert { scope = "teams", key = Team.name, value = Team.org }
    end,
      "merge into settings using teams on teams.name = settings.key when matched then "
        .. "update set value = teams.org when not matched then insert (key, scope, value) "
        .. "values (teams.name, $1, teams.org)", { "teams" } },
    { "merges: from a subquery", function()
      local x = mp.select({ e = Event.kind, n = fn.count() }):from(Event)
        :group_by(Event.kind):as "x"
      return mp.merge(Team):using(x, x.e:eq(Team.name)):when_not_matched():insert { name = x.e }
    end,
      "merge into teams using (select events.kind as e, count(*) as n from events group by "
        .. "events.kind) as x on x.e = teams.name when not matched then insert (name) values "
        .. "(x.e)" },
    { "merges: behind something in front", function()
      local x = mp.cte("x", mp.select({ u.id, u.name }):from(u))
      return mp.merge(Team):with(x):using(x, x.id:eq(Team.id))
        :when_matched():update { name = x.name }
    end,
      "with x as (select u.id, u.name from users as u) merge into teams using x on x.id = "
        .. "teams.id when matched then update set name = x.name" },
    { "merges: deletes what the source does not have", function()
      return m():when_not_matched_by_source():delete()
    end,
      "merge into teams as g using unnest($1::int8[], $2::text[]) as s (id, name) on g.id "
        .. "= s.id when not matched by source then delete",
      { { 1, 2 }, { "a", "b" } }, needs = 17 },
    { "merges: changes what the source does not have, under a condition", function()
      return m():when_not_matched_by_source(g.org:eq "main"):update { org = "gone" }
    end,
      "merge into teams as g using unnest($1::int8[], $2::text[]) as s (id, name) on g.id "
        .. "= s.id when not matched by source and g.org = $3 then update set org = $4",
      { { 1, 2 }, { "a", "b" }, "main", "gone" }, needs = 17 },
    { "merges: gives back what it did", function()
      return m():when_matched():update({ name = source.name }):returning(g.id,
        { action = fn.merge_action() })
    end,
      "merge into teams as g using unnest($1::int8[], $2::text[]) as s (id, name) on g.id "
        .. "= s.id when matched then update set name = s.name returning g.id, merge_action() as "
        .. "action", { { 1, 2 }, { "a", "b" } }, needs = 17 },

    { "gives values", function() return mp.values { { 1, "a" }, { 2, "b" } } end,
      "values ($1::int4, $2), ($3::int4, $4)", { 1, "a", 2, "b" } },
    { "gives values in an order", function()
      return mp.values({ { 2, "b" }, { 1, "a" } }):order_by("column1"):limit(1)
    end,
      "values ($1::int4, $2), ($3::int4, $4) order by column1 limit $5",
      { 2, "b", 1, "a", 1 } },
    { "gives values of every type", function()
      return mp.values { { 1, 5000000000, 0.5, true, "a", mp.null } }
    end,
      "values ($1::int4, $2::int8, $3::numeric, $4::bool, $5, $6)",
      { 1, 5000000000, 0.5, true, "a", mp.null } },
    { "gives values and expressions", function() return mp.values { { fn.now(), mp.lit(1) } } end,
      "values (now(), 1)" },
    { "selects from values", function()
      local x = mp.values({ { 1, "a" } }, { columns = { "id", "name" } }):as "x"
      return mp.select({ x.id, x.name }):from(x):where(x.name:ne "b")
    end,
      "select x.id, x.name from (values ($1::int4, $2)) as x (id, name) where x.name <> $3",
      { 1, "a", "b" } },
    { "selects from values by arrays of their types", function()
      local x = mp.values({ { 1, "a" }, { 2, "b" } },
        { columns = { "id", "name" }, types = { "int8", "text" } }):as "x"
      return mp.select({ x.id, x.name }):from(x)
    end,
      "select x.id, x.name from unnest($1::int8[], $2::text[]) as x (id, name)",
      { { 1, 2 }, { "a", "b" } } },
    { "selects from values of types that are no elements", function()
      local x = mp.values({ { 1, { a = 1 } } },
        { columns = { "id", "data" }, types = { "int8", "jsonb" } }):as "x"
      return mp.select({ x.id, x.data:at "a" }):from(x)
    end,
      "select x.id, x.data -> $1 from (values ($2::int8, $3::jsonb)) as x (id, data)",
      { "a", 1, { a = 1 } } },
    { "joins values", function()
      local x = mp.values({ { 1, 3 }, { 2, 4 } },
        { columns = { "id", "place" }, types = { "int8", "int4" } }):as "x"
      return mp.select({ u.id }):from(u):join(x, x.id:eq(u.id)):order_by(x.place)
    end,
      "select u.id from users as u join unnest($1::int8[], $2::int4[]) as x (id, place) on "
        .. "x.id = u.id order by x.place", { { 1, 2 }, { 3, 4 } } },
    { "selects from values that it limits", function()
      local x = mp.values({ { 1, "a" }, { 2, "b" } },
        { columns = { "id", "name" }, types = { "int8", "text" } }):limit(1):as "x"
      return mp.select({ x.name }):from(x)
    end,
      "select x.name from (values ($1::int8, $2::text), ($3::int4, $4) limit $5) as x (id, name)",
      { 1, "a", 2, "b", 1 } },
    { "selects from values without names", function()
      local x = mp.values({ { 1 }, { 2 } }):as "x"
      return mp.select({ x.column1 }):from(x)
    end,
      "select x.column1 from (values ($1::int4), ($2::int4)) as x (column1)", { 1, 2 } },
  }
end
