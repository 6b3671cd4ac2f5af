-- parts.lua - cases: parts of columns that a write sets, operators by signs, lists of conditions.
return function(mp, t)
  local User, Thing, Team = t.User, t.Thing, t.Team
  local u, g = t.u, t.g
  local function set(given) return mp.update(User):set(given):where { id = 1 } end

  return {
    { "sets an element of an array", function() return set { [User.tags:at(2)] = "x" } end,
      "update users set tags[$1] = $2 where users.id = $3", { 2, "x", 1 } },
    { "sets a slice of an array", function() return set { [User.marks:slice(1, 2)] = { 7, 8 } } end,
      "update users set marks[$1:$2] = $3 where users.id = $4", { 1, 2, { 7, 8 }, 1 } },
    { "sets an element at a place that it calculates", function()
      return set { [User.tags:at(User.tags:length() + 1)] = "x" }
    end,
      "update users set tags[cardinality(users.tags) + $1] = $2 where users.id = $3",
      { 1, "x", 1 } },
    { "sets a field of a composite", function()
      return mp.update(Thing):set { [Thing.place:field "street"] = "Main" }
    end,
      "update things set place.street = $1", { "Main" } },
    { "sets a part of JSON by its key", function()
      return set { [User.settings:at "theme"] = { dark = true } }
    end,
      "update users set settings[$1] = $2 where users.id = $3", { "theme", { dark = true }, 1 } },
    { "sets a part of JSON by its path", function()
      return set { [User.settings:at("tabs", 0, "name")] = { "home" } }
    end,
      "update users set settings[$1][$2::int4][$3] = $4 where users.id = $5",
      { "tabs", 0, "name", { "home" }, 1 } },
    { "sets parts and columns in the order of their names", function()
      return set { name = "x", [User.tags:at(1)] = "a", age = 3 }
    end,
      "update users set age = $1, name = $2, tags[$3] = $4 where users.id = $5",
      { 3, "x", 1, "a", 1 } },
    { "sets a part of an alias", function()
      return mp.update(u):set { [u.tags:at(1)] = u.name }
    end,
      "update users as u set tags[$1] = u.name", { 1 } },
    { "sets a part of a row that was there", function()
      return mp.insert(User):values({ id = 1, email = "a" }):on_conflict("id")
        :update { [User.tags:at(1)] = "again" }
    end,
      "insert into users (email, id) values ($1, $2) on conflict (id) do update set tags[$3] = $4",
      { "a", 1, 1, "again" } },
    { "sets a part in a merge", function()
      return mp.merge(u):using(g, g.id:eq(u.team_id)):when_matched()
        :update { [u.tags:at(1)] = g.name }
    end,
      "merge into users as u using teams as g on g.id = u.team_id when matched then update set "
        .. "tags[$1] = g.name", { 1 } },
    { "puts in an identity of its own in a merge", function()
      return mp.merge(Team):using(u, u.team_id:eq(Team.id)):when_not_matched()
        :insert({ id = u.team_id, name = u.name }, { overriding = "system" })
    end,
      "merge into teams using users as u on u.team_id = teams.id when not matched then insert "
        .. "(id, name) overriding system value values (u.team_id, u.name)" },

    { "merges by the columns of the table that it writes", function()
      local s = mp.table("posts", { "id", "author_id" }):as "s"
      return mp.merge(Team):using(s, { id = s.author_id, org = "main" }):when_matched():delete()
    end,
      "merge into teams using posts as s on teams.id = s.author_id and teams.org = $1 when "
        .. "matched then delete", { "main" } },

    { "writes an operator by its sign", function()
      return mp.select({ u.id }):from(u):where(u.tags:op("&&", { "a" }))
    end,
      "select u.id from users as u where u.tags && $1", { { "a" } } },
    { "writes an operator of a schema", function()
      return mp.select({ u.id }):from(u):where(u.age:op("pg_catalog.=", 3))
    end,
      "select u.id from users as u where u.age operator(pg_catalog.=) $1", { 3 } },
    { "brackets what stands beside an operator", function()
      return mp.select({ v = (u.age + 1):op("#", u.age:op("|", 2)):cast "text" }):from(u)
    end,
      "select (u.age + $1 # (u.age | $2))::text as v from users as u", { 1, 2 } },
    { "knows the type that it is told an operator gives", function()
      local day = t.b.days:op("*", mp.sql "daterange('2026-01-01', null)", "daterange")
      return mp.select({ t.b.id }):from(t.b):where(day:contains "2026-02-01")
    end,
      "select b.id from bookings as b where b.days * daterange('2026-01-01', null) @> $1::date",
      { "2026-02-01" } },

    { "joins a list of conditions by or", function()
      return mp.select({ u.id }):from(u):where(mp.or_ { u.age:eq(1), u.age:eq(2), u.active })
    end,
      "select u.id from users as u where u.age = $1 or u.age = $2 or u.active", { 1, 2 } },
    { "joins a list of conditions by and", function()
      return mp.select({ u.id }):from(u):where(mp.or_ { mp.and_ { u.active, u.age:gt(1) },
        u.name:is_null() })
    end,
      "select u.id from users as u where u.active and u.age > $1 or u.name is null", { 1 } },
    { "takes no condition for false among or", function()
      return mp.select({ u.id }):from(u):where(mp.or_ {})
    end,
      "select u.id from users as u where false" },
    { "takes no condition for true among and", function()
      return mp.select({ u.id }):from(u):where(mp.and_ {})
    end,
      "select u.id from users as u where true" },
    { "reads a list of one as that", function()
      return mp.select({ u.id }):from(u):where(mp.or_ { u.active })
    end,
      "select u.id from users as u where u.active" },
  }
end
