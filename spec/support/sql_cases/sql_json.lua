-- sql_json.lua - cases: what the SQL standard asks of JSON, which came with PostgreSQL 16 and 17.
return function(mp, t)
  local u, p = t.u, t.p
  local function w(condition) return mp.select({ u.id }):from(u):where(condition) end
  local function v(value) return mp.select({ v = value }):from(u) end

  return {
    { "asks whether a text is JSON", function() return w(u.name:is_json()) end,
      "select u.id from users as u where u.name is json", needs = 16 },
    { "asks whether a text is a JSON object", function() return w(u.name:is_json "object") end,
      "select u.id from users as u where u.name is json object", needs = 16 },
    { "asks whether a text is JSON without a key twice", function()
      return w(u.name:is_json("array", { unique_keys = true }))
    end,
      "select u.id from users as u where u.name is json array with unique keys", needs = 16 },
    { "asks whether a text is no JSON", function() return w(u.name:is_not_json "scalar") end,
      "select u.id from users as u where u.name is not json scalar", needs = 16 },
    { "asks whether a part of JSON is a list", function()
      return w(u.settings:at("tabs"):is_json "array" & u.active)
    end,
      "select u.id from users as u where u.settings -> $1 is json array and u.active",
      { "tabs" }, needs = 16 },

    { "reads a value by a path", function() return v(u.settings:json_value "$.theme") end,
      "select json_value(u.settings, $1::jsonpath) as v from users as u", { "$.theme" },
      needs = 17 },
    { "reads a value of a type, or another", function()
      return v(u.settings:json_value("$.age", { returning = "int4", on_empty = { default = 0 },
        on_error = "error" }) + 1)
    end,
      "select json_value(u.settings, $1::jsonpath returning int4 default 0 on empty error on "
        .. "error) + $2 as v from users as u", { "$.age", 1 }, needs = 17 },
    { "reads a value by a path with variables", function()
      return v(u.settings:json_value("$.tabs[$at].name",
        { passing = { at = 2, who = u.name }, on_error = { default = "it's" } }))
    end,
      "select json_value(u.settings, $1::jsonpath passing $2::int4 as at, u.name as who "
        .. "default 'it''s' on error) as v from users as u", { "$.tabs[$at].name", 2 },
      needs = 17 },
    { "reads JSON by a path", function()
      return v(u.settings:json_query("$.tabs[*]", { wrapper = "conditional",
        on_empty = "empty array" }))
    end,
      "select json_query(u.settings, $1::jsonpath with conditional wrapper empty array on "
        .. "empty) as v from users as u", { "$.tabs[*]" }, needs = 17 },
    { "reads a text of JSON without its quotes", function()
      return v(u.settings:json_query("$.theme", { returning = "text", quotes = "omit",
        wrapper = "without" }))
    end,
      "select json_query(u.settings, $1::jsonpath returning text without wrapper omit quotes) as "
        .. "v from users as u", { "$.theme" }, needs = 17 },
    { "asks whether a path leads anywhere", function()
      return w(u.settings:json_exists("$.tabs[*] ? (@.n > $low)", { passing = { low = 3 },
        on_error = "false" }))
    end,
      "select u.id from users as u where json_exists(u.settings, $1::jsonpath passing $2::int4 as "
        .. "low false on error)", { "$.tabs[*] ? (@.n > $low)", 3 }, needs = 17 },
    { "goes on asking the JSON that a path leads to", function()
      return w(u.settings:json_query("$.a"):has_key "b")
    end,
      "select u.id from users as u where json_query(u.settings, $1::jsonpath) ? $2",
      { "$.a", "b" }, needs = 17 },

    { "reads JSON as a table", function()
      local x = mp.json_table(u.settings, "$.tabs[*]", { { "id", "int4" },
        { "name", "text", path = "$.title" } }):as "x"
      return mp.select({ u.id, x.id:as "tab", x.name }):from(u):lateral(x):where(x.name:ne "")
    end,
      "select u.id, x.id as tab, x.name from users as u cross join lateral "
        .. "json_table(u.settings, '$.tabs[*]' columns (id int4, name text path '$.title')) as x "
        .. "where x.name <> $1", { "" }, needs = 17 },
    { "reads JSON as a table, nested and numbered", function()
      local x = mp.json_table(p.meta, "$.rows[*]", { { "n", ordinality = true },
        { "has", "bool", exists = true, path = "$.a", on_error = "false" },
        { "b", "jsonb", path = "$.b", wrapper = "with", on_empty = "empty array" },
        { "d", "int8", on_empty = { default = 5 }, on_error = "null" },
        { nested = "$.items[*]", columns = { { "item", "text", path = "$" } } } },
        { passing = { low = 3 }, on_error = "error" }):as "x"
      return mp.select({ p.id, x.n, x.item }):from(p):left_join_lateral(x, x.d:gt(4))
    end,
      "select p.id, x.n, x.item from posts as p left join lateral json_table(p.meta, "
        .. "'$.rows[*]' passing $1::int4 as low columns (n for ordinality, has bool exists path "
        .. "'$.a' false on error, b jsonb path '$.b' with wrapper empty array on empty, "
        .. "d int8 default 5 on empty null on error, nested path '$.items[*]' columns (item text "
        .. "path '$')) error on error) as x on x.d > $2", { 3, 4 }, needs = 17 },
    { "reads a bound JSON as a table", function()
      local x = mp.json_table(mp.sql("?::jsonb", { 1, 2 }), "$[*]", { { "Größe", "int4",
        path = "$" } }):as "x"
      return mp.select({ x["Größe"] }):from(x)
    end,
      'select x."Größe" from json_table(($1::jsonb), \'$[*]\' columns ("Größe" int4 path \'$\')) '
        .. "as x", { { 1, 2 } }, needs = 17 },
  }
end
