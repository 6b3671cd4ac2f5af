-- json.lua - cases: parts of jsonb and json, as text and as what they are, and what is in them.
return function(mp, t)
  local u, p = t.u, t.p
  local function w(...) return mp.select({ u.id }):from(u):where(...) end
  local function v(value) return mp.select({ v = value }):from(u) end

  return {
    { "reads a part", function() return v(u.settings:at "theme") end,
      "select u.settings -> $1 as v from users as u", { "theme" } },
    { "reads a part of a part", function() return v(u.settings:at("ui", "theme")) end,
      "select u.settings -> $1 -> $2 as v from users as u", { "ui", "theme" } },
    { "reads a part step by step", function() return v(u.settings:at("ui"):at("theme")) end,
      "select u.settings -> $1 -> $2 as v from users as u", { "ui", "theme" } },
    { "reads an element by its place", function() return v(u.settings:at("list", 0)) end,
      "select u.settings -> $1 -> $2::int4 as v from users as u", { "list", 0 } },
    { "reads an element from the end", function() return v(u.settings:at("list", -1)) end,
      "select u.settings -> $1 -> $2::int4 as v from users as u", { "list", -1 } },
    { "reads a part as text", function() return v(u.settings:at("theme"):as_text()) end,
      "select u.settings ->> $1 as v from users as u", { "theme" } },
    { "reads a deep part as text", function()
      return v(u.settings:at("ui", "list", 2, "name"):as_text())
    end,
      "select u.settings -> $1 -> $2 -> $3::int4 ->> $4 as v from users as u",
      { "ui", "list", 2, "name" } },
    { "reads all as text", function() return v(u.settings:as_text()) end,
      "select u.settings::text as v from users as u" },
    { "reads a part by another column", function() return v(u.settings:at(u.name)) end,
      "select u.settings -> u.name as v from users as u" },
    { "compares a part with a string as text", function()
      return w(u.settings:at("theme"):eq "dark")
    end,
      "select u.id from users as u where u.settings ->> $1 = $2", { "theme", "dark" } },
    { "compares a part with a number as jsonb", function()
      return w(u.settings:at("size"):eq(12))
    end,
      "select u.id from users as u where u.settings -> $1 = $2", { "size", 12 } },
    { "compares a part with a boolean as jsonb", function()
      return w(u.settings:at("on"):eq(true))
    end,
      "select u.id from users as u where u.settings -> $1 = $2", { "on", true } },
    { "compares a part with a table as jsonb", function()
      return w(u.settings:at("ui"):eq { a = { 1, 2 } })
    end,
      "select u.id from users as u where u.settings -> $1 = $2", { "ui", { a = { 1, 2 } } } },
    { "orders a part beside a number", function() return w(u.settings:at("size"):gt(12)) end,
      "select u.id from users as u where u.settings -> $1 > $2", { "size", 12 } },
    { "orders a part beside a string", function() return w(u.settings:at("day"):lt "2026") end,
      "select u.id from users as u where u.settings ->> $1 < $2", { "day", "2026" } },
    { "tells a part apart from a string", function()
      return w(u.settings:at("theme"):is_distinct_from "dark")
    end,
      "select u.id from users as u where u.settings ->> $1 is distinct from $2",
      { "theme", "dark" } },
    { "differs from a string", function() return w(u.settings:at("theme"):ne "dark") end,
      "select u.id from users as u where u.settings ->> $1 <> $2", { "theme", "dark" } },
    { "is absent or null", function() return w(u.settings:at("theme"):is_null()) end,
      "select u.id from users as u where u.settings ->> $1 is null", { "theme" } },
    { "is there and not null", function()
      return w(u.settings:at("theme"):is_not_null())
    end,
      "select u.id from users as u where u.settings ->> $1 is not null", { "theme" } },
    { "is absent when compared with NULL", function()
      return w(u.settings:at("theme"):eq(mp.null))
    end,
      "select u.id from users as u where u.settings ->> $1 is null", { "theme" } },
    { "has one of some strings", function()
      return w(u.settings:at("theme"):one_of { "dark", "light" })
    end,
      "select u.id from users as u where u.settings ->> $1 = any($2)",
      { "theme", { "dark", "light" } } },
    { "has one of some numbers", function()
      return w(u.settings:at("size"):one_of { 1, 2, 3 })
    end,
      "select u.id from users as u where u.settings -> $1 = any($2)",
      { "size", { 1, 2, 3 } } },
    { "has none of some strings", function()
      return w(u.settings:at("theme"):none_of { "dark" })
    end,
      "select u.id from users as u where u.settings ->> $1 <> all($2)",
      { "theme", { "dark" } } },
    { "lies between strings", function()
      return w(u.settings:at("day"):between("2026-01-01", "2026-12-31"))
    end,
      "select u.id from users as u where u.settings ->> $1 between $2 and $3",
      { "day", "2026-01-01", "2026-12-31" } },
    { "lies between numbers", function() return w(u.settings:at("size"):between(1, 9)) end,
      "select u.id from users as u where u.settings -> $1 between $2 and $3",
      { "size", 1, 9 } },
    { "compares a part with a text column", function()
      return w(u.settings:at("nick"):eq(u.name))
    end,
      "select u.id from users as u where u.settings ->> $1 = u.name", { "nick" } },
    { "compares a part with a number's column", function()
      return w(u.settings:at("age"):eq(u.age))
    end,
      "select u.id from users as u where (u.settings ->> $1)::int4 = u.age", { "age" } },
    { "compares a part with a time's column", function()
      return w(u.settings:at("since"):lt(u.seen_at))
    end,
      "select u.id from users as u where (u.settings ->> $1)::timestamptz < u.seen_at",
      { "since" } },
    { "compares a part with a part", function()
      return w(u.settings:at("a"):eq(u.settings:at "b"))
    end,
      "select u.id from users as u where u.settings -> $1 = u.settings -> $2", { "a", "b" } },
    { "compares a column with a part", function()
      return w(u.name:eq(u.settings:at("nick"):as_text()))
    end,
      "select u.id from users as u where u.name = u.settings ->> $1", { "nick" } },
    { "compares a part with a subquery", function()
      return w(u.settings:at("theme"):eq(mp.select({ mp.fn.min(p.title) }):from(p)))
    end,
      "select u.id from users as u where u.settings ->> $1 = (select min(p.title) from "
        .. "posts as p)", { "theme" } },
    { "is like a pattern as text", function()
      return w(u.settings:at("theme"):like "da%")
    end,
      "select u.id from users as u where u.settings ->> $1 like $2", { "theme", "da%" } },
    { "starts as text with a text", function()
      return w(u.settings:at("theme"):starts_with "da")
    end,
      "select u.id from users as u where u.settings ->> $1 like $2", { "theme", "da%" } },
    { "matches as text", function() return w(u.settings:at("theme"):regex "^d") end,
      "select u.id from users as u where u.settings ->> $1 ~ $2", { "theme", "^d" } },
    { "casts a part by its text", function()
      return w(u.settings:at("size"):cast("int4"):gt(3))
    end,
      "select u.id from users as u where (u.settings ->> $1)::int4 > $2", { "size", 3 } },
    { "keeps a part as jsonb in a cast to it", function()
      return v(u.settings:at("ui"):cast "jsonb")
    end,
      "select (u.settings -> $1)::jsonb as v from users as u", { "ui" } },
    { "compares all of it", function() return w(u.settings:eq { theme = "dark" }) end,
      "select u.id from users as u where u.settings = $1", { { theme = "dark" } } },
    { "contains a value", function() return w(u.settings:contains { theme = "dark" }) end,
      "select u.id from users as u where u.settings @> $1", { { theme = "dark" } } },
    { "contains a value in a part", function()
      return w(u.settings:at("tags"):contains { "a" })
    end,
      "select u.id from users as u where u.settings -> $1 @> $2", { "tags", { "a" } } },
    { "is contained by a value", function()
      return w(u.settings:contained_by { a = 1, b = 2 })
    end,
      "select u.id from users as u where u.settings <@ $1", { { a = 1, b = 2 } } },
    { "has a key", function() return w(u.settings:has_key "theme") end,
      "select u.id from users as u where u.settings ? $1", { "theme" } },
    { "has a key in a part", function() return w(u.settings:at("ui"):has_key "theme") end,
      "select u.id from users as u where u.settings -> $1 ? $2", { "ui", "theme" } },
    { "has any of some keys", function() return w(u.settings:has_any { "a", "b" }) end,
      "select u.id from users as u where u.settings ?| $1::text[]", { { "a", "b" } } },
    { "has all of some keys", function() return w(u.settings:has_all { "a", "b" }) end,
      "select u.id from users as u where u.settings ?& $1::text[]", { { "a", "b" } } },
    { "has a path", function() return w(u.settings:path_exists "$.a[*] ? (@ > 2)") end,
      "select u.id from users as u where u.settings @? $1::jsonpath", { "$.a[*] ? (@ > 2)" } },
    { "matches a path", function() return w(u.settings:path_matches "$.a > 2") end,
      "select u.id from users as u where u.settings @@ $1::jsonpath", { "$.a > 2" } },
    { "queries a path", function()
      return v(mp.fn.jsonb_path_query_array(u.settings, mp.sql "'$.a[*]'"))
    end,
      "select jsonb_path_query_array(u.settings, '$.a[*]') as v from users as u" },
    { "leaves a key out", function() return v(u.settings:without "theme") end,
      "select u.settings - $1 as v from users as u", { "theme" } },
    { "leaves an element out", function() return v(u.settings:at("list"):without(0)) end,
      "select (u.settings -> $1) - $2::int4 as v from users as u", { "list", 0 } },
    { "leaves keys out", function() return v(u.settings:without { "a", "b" }) end,
      "select u.settings - $1::text[] as v from users as u", { { "a", "b" } } },
    { "subtracts a key", function() return v(u.settings - "theme") end,
      "select u.settings - $1 as v from users as u", { "theme" } },
    { "counts a list's elements", function() return w(u.settings:at("list"):length():gt(2)) end,
      "select u.id from users as u where jsonb_array_length(u.settings -> $1) > $2",
      { "list", 2 } },
    { "reads a part of json", function() return v(u.config:at "theme") end,
      "select u.config -> $1 as v from users as u", { "theme" } },
    { "compares a part of json with a string", function()
      return w(u.config:at("theme"):eq "dark")
    end,
      "select u.id from users as u where u.config ->> $1 = $2", { "theme", "dark" } },
    { "compares a part of json with a number as jsonb", function()
      return w(u.config:at("size"):eq(12))
    end,
      "select u.id from users as u where (u.config -> $1)::jsonb = $2", { "size", 12 } },
    { "asks json as jsonb", function() return w(u.config:cast("jsonb"):has_key "a") end,
      "select u.id from users as u where u.config::jsonb ? $1", { "a" } },
    { "groups by the same part that it selects", function()
      return mp.select({ theme = u.settings:at("theme"):as_text(), n = mp.fn.count() }):from(u)
        :group_by(u.settings:at("theme"):as_text())
    end,
      "select count(*) as n, u.settings ->> $1 as theme from users as u group by "
        .. "u.settings ->> $1", { "theme" } },
    { "orders by the same part that it selects once", function()
      return mp.select({ u.settings:at "a" }):distinct():from(u):order_by(u.settings:at("a"):desc())
    end,
      "select distinct u.settings -> $1 from users as u order by u.settings -> $1 desc",
      { "a" } },
    { "finds the same key as one parameter", function()
      return w(u.settings:has_key "a" & u.settings:at("a"):gt(1))
    end,
      "select u.id from users as u where u.settings ? $1 and u.settings -> $1 > $2",
      { "a", 1 } },
    { "hides a key that would be SQL", function()
      return w(u.settings:at("x' --"):eq "y")
    end,
      "select u.id from users as u where u.settings ->> $1 = $2", { "x' --", "y" } },
    { "builds an object", function()
      return v(mp.fn.jsonb_build_object("id", u.id, "n", 1, "on", true))
    end,
      "select jsonb_build_object($1::text, u.id, $2::text, $3::int4, $4::text, $5::bool) "
        .. "as v from users as u", { "id", "n", 1, "on", true } },
    { "builds a list", function() return v(mp.fn.jsonb_build_array(1, "a", u.name)) end,
      "select jsonb_build_array($1::int4, $2::text, u.name) as v from users as u",
      { 1, "a" } },
    { "gathers rows", function()
      return mp.select({ u.role, list = mp.fn.jsonb_agg(u.name):order_by(u.id) }):from(u)
        :group_by(u.role)
    end,
      "select u.role, jsonb_agg(u.name order by u.id) as list from users as u group by u.role" },
    { "asks what a function built", function()
      return v(mp.fn.to_jsonb(u.tags):contains { "a" })
    end,
      "select to_jsonb(u.tags) @> $1 as v from users as u", { { "a" } } },
    { "takes its elements for rows", function()
      local x = mp.fn.jsonb_array_elements_text(u.settings:at "list"):as("x", { "item" })
      return mp.select({ u.id, x.item }):from(u):lateral(x)
    end,
      "select u.id, x.item from users as u cross join lateral "
        .. "jsonb_array_elements_text(u.settings -> $1) as x (item)", { "list" } },
    { "sets a part", function()
      return mp.update(t.User):set({ settings = mp.fn.jsonb_set(t.User.settings,
        mp.array({ "ui", "theme" }, "text"), mp.sql("to_jsonb(?::text)", "dark")) })
    end,
      "update users set settings = jsonb_set(users.settings, array[$1, $2]::text[], "
        .. "to_jsonb($3::text))", { "ui", "theme", "dark" } },
  }
end
