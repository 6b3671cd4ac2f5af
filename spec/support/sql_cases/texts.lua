-- texts.lua - cases: raw SQL, names that must be quoted, and schemas.
return function(mp, t)
  local u, o, Odd, User = t.u, t.o, t.Odd, t.User
  local fn = mp.fn
  local function v(value) return mp.select({ v = value }):from(u) end
  local function w(...) return mp.select({ u.id }):from(u):where(...) end

  return {
    { "takes SQL for an expression", function() return v(mp.sql "1 + 1") end,
      "select 1 + 1 as v from users as u" },
    { "takes SQL with a value", function() return w(mp.sql("lower(email) = ?", "x")) end,
      "select u.id from users as u where lower(email) = $1", { "x" } },
    { "takes SQL with a column", function() return w(mp.sql("lower(?) = ?", u.email, "x")) end,
      "select u.id from users as u where lower(u.email) = $1", { "x" } },
    { "takes SQL with several values", function()
      return w(mp.sql("age between ? and ?", 1, 2))
    end,
      "select u.id from users as u where age between $1 and $2", { 1, 2 } },
    { "takes SQL with a list", function() return w(mp.sql("id = any(?)", { 1, 2 })) end,
      "select u.id from users as u where id = any($1)", { { 1, 2 } } },
    { "takes SQL with a select", function()
      return w(mp.sql("id in ?", mp.select({ t.p.author_id }):from(t.p)))
    end,
      "select u.id from users as u where id in (select p.author_id from posts as p)" },
    { "takes SQL in SQL", function()
      return v(mp.sql("coalesce(?, ?)", mp.sql("nullif(name, ?)", ""), "x"))
    end,
      "select coalesce((nullif(name, $1)), $2) as v from users as u", { "", "x" } },
    { "halves a doubled question mark", function()
      return w(mp.sql("settings ?? ?", "theme"))
    end,
      "select u.id from users as u where settings ? $1", { "theme" } },
    { "leaves a question mark in a text", function()
      return w(mp.sql("name = '?' or age = ?", 1))
    end,
      "select u.id from users as u where name = '?' or age = $1", { 1 } },
    { "leaves a question mark in a name", function()
      return v(mp.sql('(select x."?" from (select ?::int4 as "?") as x)', 5))
    end,
      'select (select x."?" from (select $1::int4 as "?") as x) as v from users as u', { 5 } },
    { "leaves a question mark in a comment", function()
      return w(mp.sql("age = ? -- why?\n", 1))
    end,
      "select u.id from users as u where age = $1 -- why?\n", { 1 } },
    { "leaves a question mark in a comment of several lines", function()
      return w(mp.sql("age = ? /* ? /* ? */ ? */", 1))
    end,
      "select u.id from users as u where age = $1 /* ? /* ? */ ? */", { 1 } },
    { "leaves a question mark in dollar quotes", function()
      return w(mp.sql("name = $a$?$a$ or age = ?", 1))
    end,
      "select u.id from users as u where name = $a$?$a$ or age = $1", { 1 } },
    { "leaves a question mark in an escaped text", function()
      return w(mp.sql("name = E'\\'?' or age = ?", 1))
    end,
      "select u.id from users as u where name = E'\\'?' or age = $1", { 1 } },
    { "ends a text at its quote, a doubled one inside", function()
      return w(mp.sql("name = 'it''s ?' or age = ?", 1))
    end,
      "select u.id from users as u where name = 'it''s ?' or age = $1", { 1 } },
    { "knows minus and division from comments", function()
      return v(mp.sql("? - ? / ?", u.age, u.team_id, 2))
    end,
      "select u.age - u.team_id / $1 as v from users as u", { 2 } },
    { "brackets SQL beside and", function() return w(mp.sql "age = 1 or age = 2", u.active) end,
      "select u.id from users as u where (age = 1 or age = 2) and u.active" },
    { "brackets SQL in a comparison", function() return w(mp.sql("age + ?", 1):gt(3)) end,
      "select u.id from users as u where (age + $1) > $2", { 1, 3 } },
    { "leaves a name of SQL bare", function() return w(mp.sql "u.age":gt(3)) end,
      "select u.id from users as u where u.age > $1", { 3 } },
    { "leaves a call in SQL bare", function() return w(u.seen_at:lt(mp.sql "now()")) end,
      "select u.id from users as u where u.seen_at < now()" },
    { "brackets what stands in SQL", function() return v(mp.sql("? * 2", u.age + 1)) end,
      "select (u.age + $1) * 2 as v from users as u", { 1 } },
    { "takes SQL for an order", function()
      return mp.select({ u.id }):from(u):order_by(mp.sql "age desc nulls last")
    end,
      "select u.id from users as u order by age desc nulls last" },
    { "takes SQL for a group", function()
      return mp.select({ fn.count() }):from(u):group_by(mp.sql "extract(year from born)")
    end,
      "select count(*) from users as u group by extract(year from born)" },
    { "takes SQL for a value to set", function()
      return mp.update(User):set { age = mp.sql("age + ?", 1) }
    end,
      "update users set age = age + $1", { 1 } },
    { "takes SQL for a column to return", function()
      return mp.delete(User):where({ id = 1 }):returning(mp.sql "now()":as "at")
    end,
      "delete from users where users.id = $1 returning now() as at", { 1 } },

    { "quotes a name with capitals", function() return mp.select({ "Full Name" }):from(Odd) end,
      'select "Order"."Full Name" from "Order"' },
    { "quotes a table with capitals", function() return mp.select({ o.id }):from(o) end,
      'select o.id from "Order" as o' },
    { "quotes reserved words", function() return mp.select({ o.desc, o.user }):from(o) end,
      'select o."desc", o."user" from "Order" as o' },
    { "quotes letters beyond ASCII", function() return mp.select({ o["größe"] }):from(o) end,
      'select o."größe" from "Order" as o' },
    { "doubles quotes in a name", function() return mp.select({ o['say "hi"'] }):from(o) end,
      'select o."say ""hi""" from "Order" as o' },
    { "quotes a name that begins with a digit", function()
      return mp.select({ o["1st"] }):from(o)
    end,
      'select o."1st" from "Order" as o' },
    { "quotes an alias", function()
      local x = Odd:as "My Order"
      return mp.select({ x.id }):from(x):where(x.desc:gt(1))
    end,
      'select "My Order".id from "Order" as "My Order" where "My Order"."desc" > $1', { 1 } },
    { "quotes a name with a point in it", function()
      return mp.select({ u.id:as "a.b" }):from(u)
    end,
      'select u.id as "a.b" from users as u' },
    { "quotes a name that would be SQL", function()
      return mp.select({ u.id:as 'x"; drop table users; --' }):from(u)
    end,
      'select u.id as "x""; drop table users; --" from users as u' },
    { "quotes a name that it gives", function()
      return mp.select({ ["Größe"] = u.id, order = u.age }):from(u):order_by "Größe"
    end,
      'select u.id as "Größe", u.age as "order" from users as u order by "Größe"' },
    { "quotes names in a filter", function()
      return mp.select({ o.id }):from(o):where { desc = 1, ["Full Name"] = "x" }
    end,
      'select o.id from "Order" as o where o."Full Name" = $1 and o."desc" = $2', { "x", 1 } },
    { "quotes names to insert", function()
      return mp.insert(Odd):values { id = 1, desc = 2, user = 3, ["Full Name"] = "x",
        ["größe"] = "g", ['say "hi"'] = "h", ["1st"] = "f" }
    end,
      'insert into "Order" ("1st", "Full Name", "desc", "größe", id, "say ""hi""", "user") '
        .. "values ($1, $2, $3, $4, $5, $6, $7)", { "f", "x", 2, "g", 1, "h", 3 } },
    { "quotes names to insert rows", function()
      return mp.insert(Odd):values { { id = 1, ["Full Name"] = "x", desc = 1 },
        { id = 2, ["Full Name"] = "y", desc = 2 } }
    end,
      'insert into "Order" ("Full Name", "desc", id) select * from unnest($1::text[], '
        .. "$2::int4[], $3::int4[])", { { "x", "y" }, { 1, 2 }, { 1, 2 } } },
    { "quotes names to set", function()
      return mp.update(Odd):set({ desc = Odd.desc + 1, ["größe"] = "x" }):where { user = 1 }
    end,
      'update "Order" set "desc" = "Order"."desc" + $1, "größe" = $2 where "Order"."user" = $3',
      { 1, "x", 1 } },
    { "quotes names of a key", function()
      return mp.insert(Odd):values({ id = 1, ["Full Name"] = "x" }):on_conflict("id")
        :update { "Full Name" }
    end,
      'insert into "Order" ("Full Name", id) values ($1, $2) on conflict (id) do update '
        .. 'set "Full Name" = excluded."Full Name"', { "x", 1 } },
    { "quotes names of own values", function()
      return mp.update(Odd):from_values({ { id = 1, ["Full Name"] = "x", desc = 2 } },
        { key = "id" })
    end,
      'update "Order" set "Full Name" = given."Full Name", "desc" = given."desc" from '
        .. 'unnest($1::text[], $2::int4[], $3::int4[]) as given ("Full Name", "desc", id) where '
        .. '"Order".id = given.id', { { "x" }, { 2 }, { 1 } } },
    { "quotes names that it returns", function()
      return mp.delete(Odd):returning("Full Name", "desc")
    end,
      'delete from "Order" returning "Order"."Full Name", "Order"."desc"' },
    { "quotes a name to join by", function()
      local x, y = Odd:as "x", Odd:as "y"
      return mp.select({ x.id }):from(x):join(y, { using = { "Full Name" } })
    end,
      'select x.id from "Order" as x join "Order" as y using ("Full Name")' },
    { "quotes a table to lock", function()
      local x = Odd:as "My Order"
      return mp.select({ x.id }):from(x):for_update { of = x }
    end,
      'select "My Order".id from "Order" as "My Order" for update of "My Order"' },
    { "quotes names of a function's columns", function()
      local x = fn.generate_series(1, 2):as("Set", { "No" })
      return mp.select({ x.No }):from(x)
    end,
      'select "Set"."No" from generate_series($1::int4, $2::int4) as "Set" ("No")', { 1, 2 } },
    { "takes a name of 63 bytes", function()
      return mp.select({ u.id:as(("x"):rep(63)) }):from(u)
    end,
      "select u.id as xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx from "
        .. "users as u" },

    { "names a schema", function() return mp.select(t.Entry) end,
      "select entries.id, entries.action, entries.user_id from sql_cases_audit.entries" },
    { "names a schema under an alias", function()
      return mp.select({ t.l.id }):from(t.l):where(t.l.action:eq "x")
    end,
      "select l.id from sql_cases_audit.entries as l where l.action = $1", { "x" } },
    { "joins tables of two schemas", function()
      return mp.select({ User.id, t.Entry.action }):from(User)
        :join(t.Entry, t.Entry.user_id:eq(User.id))
    end,
      "select users.id, entries.action from users join sql_cases_audit.entries on "
        .. "entries.user_id = users.id" },
    { "names a schema in a write", function()
      return mp.insert(t.Entry):values({ { action = "a", user_id = 1 },
        { action = "b", user_id = 2 } }):returning(t.Entry.id)
    end,
      "insert into sql_cases_audit.entries (action, user_id) select * from "
        .. "unnest($1::text[], $2::int8[]) returning entries.id", { { "a", "b" }, { 1, 2 } } },
    { "names a schema of a function in from", function()
      local x = fn.sql_cases_audit.score(1, 2):as("x", { "n" })
      return mp.select({ x.n }):from(x)
    end,
      "select x.n from sql_cases_audit.score($1::int4, $2::int4) as x (n)", { 1, 2 } },
  }
end
