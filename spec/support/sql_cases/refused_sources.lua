-- refused_sources.lua - what brackets, rows of functions, set parts, signs and lists refuse.
return function(mp, t)
  local u, p, k, User = t.u, t.p, t.k, t.User
  local fn = mp.fn
  local q = mp.select({ u.id }):from(u)
  local both = mp.joined(p):join(k, k.post_id:eq(p.id))

  return {
    { "a natural join of nothing", function() return q:natural_join(nil) end,
      "nil is no table to query",
      "give a model, an alias of one, or a table's name" },
    { "common columns under no name", function()
      return mp.select({ p.id }):from(p):join(k, { using = "author_id", as = "" })
    end,
      "the common columns have a name that is none",
      '{ using = { "team_id" }, as = "common" }' },
    { "a join of joins without a condition", function() return q:left_join(both) end,
      'the join with "joined tables" has no condition',
      'give an expression: p.author_id:eq(u.id), or { using = { "column" } }' },
    { "a join of joins by the name of a column", function()
      return q:left_join(both, { author_id = u.id })
    end,
      'table "joined tables" has no column "author_id"',
      "a column of a join is that of its table: p.id" },
    { "a name that two joined tables have", function()
      return mp.select({ "id" }):from(both):sql()
    end,
      '"id" is a column of "p" and of "k"',
      "write the column with its table: p.id" },
    { "the same name inside and beside a join", function()
      return mp.select({ p.id }):from(both, p):sql()
    end,
      'two tables of the statement are called "p"',
      'give one of them another name: Model:as "p2"' },

    { "rows of no function", function() return mp.rows_from() end,
      "number 1 of rows_from is no call of a function",
      'mp.rows_from(mp.fn.unnest(a), { mp.fn.f(), columns = { { "id", "int4" } } })' },
    { "rows of a column", function() return mp.rows_from(fn.now(), u.id) end,
      "number 2 of rows_from is no call of a function",
      'mp.rows_from(mp.fn.unnest(a), { mp.fn.f(), columns = { { "id", "int4" } } })' },
    { "rows of functions without a name", function()
      return mp.select({}):from(mp.rows_from(fn.generate_series(1, 2)))
    end,
      "a function in from has no name",
      'mp.fn.generate_series(1, 3):as "s"' },
    { "rows of functions for a value", function()
      return mp.select({ mp.rows_from(fn.generate_series(1, 2)) }):sql()
    end,
      "rows_from is for from",
      'from(mp.rows_from(f, g):as("t", { "a", "b" }))' },
    { "types of a subquery's columns", function() return q:as("x", { { "id", "int8" } }) end,
      "only records have columns of types that are given",
      'query:as("x", { "id", "name" })' },

    { "to set a call", function() return mp.update(User):set { [fn.lower(User.name)] = "x" } end,
      "only columns and parts of them can be set",
      'set { name = "x", [User.tags:at(1)] = "y", [User.settings:at "theme"] = "dark" }' },
    { "to set a column by its expression", function()
      return mp.update(User):set { [User.name] = "x" }
    end,
      "only columns and parts of them can be set",
      'set { name = "x", [User.tags:at(1)] = "y", [User.settings:at "theme"] = "dark" }' },
    { "to set a part of json", function()
      return mp.update(User):set { [User.config:at "theme"] = "x" }
    end,
      "only columns and parts of them can be set",
      'set { name = "x", [User.tags:at(1)] = "y", [User.settings:at "theme"] = "dark" }' },
    { "to set a part of another table", function()
      return mp.update(User):set { [u.tags:at(1)] = "x" }
    end,
      'a part of a column of "u" is set in "users"',
      "set parts of columns of the table that is written" },
    { "a part of a row that is new", function()
      return mp.merge(u):using(p, p.author_id:eq(u.id)):when_not_matched()
        :insert { [u.tags:at(1)] = "x" }
    end,
      "a new row has no parts yet",
      "give the column its whole value" },

    { "a sign that is none", function() return u.age:op("in", 3) end,
      '"in" is no operator',
      'column:op("<->", value), column:op("app.<->", value)' },
    { "a sign that begins a comment", function() return u.age:op("--", 3) end,
      '"--" is no operator',
      'column:op("<->", value), column:op("app.<->", value)' },
    { "a sign of a schema that is none", function() return u.age:op("app.x", 3) end,
      '"app.x" is no operator',
      'column:op("<->", value), column:op("app.<->", value)' },
    { "a sign that is a number", function() return u.age:op(5, 3) end,
      "a number is no operator",
      'column:op("<->", value), column:op("app.<->", value)' },
    { "a sign whose type is no text", function() return u.age:op("<->", 3, 5) end,
      "the type that an operator gives is a text",
      'a:op("<->", b, "float8")' },

    { "an array of a select of another type", function() return mp.array(q, "text") end,
      "an array of a select has its column's type",
      "mp.array(query), without a type" },
    { "a merge by no column", function() return mp.merge(User):using(p, {}) end,
      "using of a merge has no condition",
      "using(s, t.id:eq(s.id))" },
    { "JSON of no kind", function() return u.name:is_json "text" end,
      "JSON is a value, an object, an array or a scalar",
      'is_json "object"' },
    { "JSON by no path", function() return u.settings:json_value(5) end,
      "json_value takes a path",
      'json_value "$.theme"' },
    { "a default of JSON that is no word", function()
      return u.settings:json_query("$", { on_empty = "nothing" })
    end,
      "on_empty is no word of SQL",
      'on_empty = "null", "error", "empty array", { default = 0 }' },
    { "JSON as a table of no columns", function() return mp.json_table(u.settings, "$", {}) end,
      "json_table has no columns",
      'mp.json_table(u.settings, "$.tabs[*]", { { "id", "int4" }, { "name", "text", path = '
        .. '"$.title" } })' },
    { "JSON as a table of a column without a type", function()
      return mp.json_table(u.settings, "$", { { "id" } })
    end,
      "column id has no type",
      'mp.json_table(u.settings, "$.tabs[*]", { { "id", "int4" }, { "name", "text", path = '
        .. '"$.title" } })' },
    { "or of no list", function() return mp.or_(u.active) end,
      "or_ takes a list of conditions",
      "mp.or_ { a, b }" },
    { "and of a name", function() return mp.and_ { active = true } end,
      "and_ takes conditions, and active is none",
      "mp.and_ { User.age:gt(3), User.active }" },
  }
end
