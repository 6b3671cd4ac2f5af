-- JSON as a table (from PostgreSQL 17): `json_table(column, "$.tabs[*]", columns):as "t"`.
local identifier = require "moonpool.sql.identifier"
local literal = require "moonpool.sql.literal"
local node = require "moonpool.sql.node"
local options = require "moonpool.options"
local sql_json = require "moonpool.sql.sql_json"
local term = require "moonpool.sql.term"

node.layout("json_table", { "path", "columns_text", "on_error" }, { "operand", "passing" })

local COLUMN = {
  { name = "path", kind = "string", doc = "of its value in an item: $.name when left out" },
  { name = "exists", kind = "boolean", default = false, doc = "whether the path leads anywhere" },
  table.unpack(sql_json.SHAPE_ROWS),
}

local OPTIONS = {
  { name = "passing", kind = "table", default = {}, doc = "values of its variables" },
  { name = "on_error", kind = "choice", values = { "error", "empty", "empty array" } },
}

local HINT = 'mp.json_table(u.settings, "$.tabs[*]", { { "id", "int4" }, { "name", "text", '
  .. 'path = "$.title" } })'

local columns_text

-- What stands at names, without the two that stand at places.
local function named(given)
  local rest = {}
  for key, value in pairs(given) do
    if math.type(key) ~= "integer" then rest[key] = value end
  end
  return rest
end

local function column_text(given, into)
  local name, type_sql = given[1], given[2]
  local quoted = identifier.quote(name)
  into.names[#into.names + 1] = name
  if given.ordinality then
    into.types[name] = "int4"
    return quoted .. " for ordinality"
  end
  if type(type_sql) ~= "string" then term.refuse(("column %s has no type"):format(name), HINT) end
  into.types[name] = type_sql
  local read = options.read(COLUMN, named(given), { kind = "bad_argument",
    what = "a column of json_table" })
  return ("%s %s%s%s%s"):format(quoted, type_sql, read.exists and " exists" or "",
    read.path and " path " .. literal.quote(read.path) or "", sql_json.shape_text(read))
end

local function item_text(given, into)
  if type(given) ~= "table" or term.is(given) then
    term.refuse("a column of json_table is no table", HINT)
  end
  if not given.nested then return column_text(given, into) end
  return ("nested path %s columns (%s)"):format(literal.quote(given.nested),
    columns_text(given.columns, into))
end

function columns_text(list, into)
  if type(list) ~= "table" or #list == 0 then term.refuse("json_table has no columns", HINT) end
  local parts = {}
  for at, item in ipairs(list) do parts[at] = item_text(item, into) end
  return table.concat(parts, ", ")
end

---@param context any  JSON: a column or another expression
---@param path string  whose items are the rows; a constant of the text
---@param columns table[]  `{ name, type, path =, exists =, wrapper =, quotes =, on_empty =,
---  on_error = }`, `{ name, ordinality = true }`, `{ nested = path, columns = {...} }`
---@param given { passing: table<string, any>?, on_error: string? }?
---@return moonpool.sql.Expression  for `from`, under a name; it knows its columns
return function(context, path, columns, given)
  if type(path) ~= "string" then term.refuse("json_table takes a path", HINT) end
  local read = options.read(OPTIONS, given, { kind = "bad_argument", what = "json_table" })
  local into = { names = {}, types = {} }
  local text = columns_text(columns, into)
  return term.new("json_table", { operand = term.of(context), path = literal.quote(path),
    passing = sql_json.passing(read.passing), columns_text = text,
    on_error = read.on_error and (" %s on error"):format(read.on_error) or "",
    outputs = into })
end
