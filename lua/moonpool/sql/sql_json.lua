-- What the SQL standard asks of JSON: `is json` (from PostgreSQL 16), and json_value, json_query
-- and json_exists by a path (from 17).
local identifier = require "moonpool.sql.identifier"
local literal = require "moonpool.sql.literal"
local node = require "moonpool.sql.node"
local options = require "moonpool.options"
local term = require "moonpool.sql.term"
local type_family = require "moonpool.sql.type_family"

local sql_json = { methods = {} }

local methods = sql_json.methods

node.layout("json_call", { "name", "tail" }, { "operand", "path", "passing" })
node.layout("json_passing", { "name" }, { "value" })

local KINDS = { value = true, object = true, array = true, scalar = true }

local UNIQUE = { { name = "unique_keys", kind = "boolean", default = false,
  doc = "no object in it has a key twice" } }

local function is_json(self, words, kind, given)
  if kind ~= nil and not KINDS[kind] then
    term.refuse("JSON is a value, an object, an array or a scalar", 'is_json "object"')
  end
  local read = options.read(UNIQUE, given, { kind = "bad_argument", what = "is_json" })
  local what = words .. (kind and " " .. kind or "")
    .. (read.unique_keys and " with unique keys" or "")
  return term.new("is", { operand = term.operand(self), what = what, type = "bool" })
end

---Whether a text, bytea or json is JSON, of the kind that is named.
---@param kind ("value" | "object" | "array" | "scalar")?
---@param given { unique_keys: boolean }?
function methods.is_json(self, kind, given)
  return is_json(self, "json", kind, given)
end

function methods.is_not_json(self, kind, given)
  return is_json(self, "not json", kind, given)
end

local PASSING = { name = "passing", kind = "table", default = {},
  doc = "values of the path's variables by name" }

local function behaviour_row(name)
  return { name = name, kind = "any", doc = 'a word of SQL, or { default = constant }' }
end

---Options that say how a path's items become a value; `columns` of json_table have them too.
sql_json.SHAPE_ROWS = {
  { name = "wrapper", kind = "choice", values = { "with", "conditional", "without" },
    doc = "around the items: a list" },
  { name = "quotes", kind = "choice", values = { "keep", "omit" }, doc = "of a text" },
  behaviour_row "on_empty", behaviour_row "on_error",
}

local RETURNING = { name = "returning", kind = "string", doc = "SQL of a type" }

local ROWS = {
  json_value = { RETURNING, PASSING, behaviour_row "on_empty", behaviour_row "on_error" },
  json_query = { RETURNING, PASSING, table.unpack(sql_json.SHAPE_ROWS) },
  json_exists = { PASSING, behaviour_row "on_error" },
}

local WRAPPERS = { with = " with wrapper", conditional = " with conditional wrapper",
  without = " without wrapper" }

local WORDS = { error = true, null = true, ["true"] = true, ["false"] = true, unknown = true,
  empty = true, ["empty array"] = true, ["empty object"] = true }

-- A default is a constant of the text: the server takes no parameter there.
local function behaviour_text(what, given)
  if given == nil then return "" end
  if WORDS[given] then return (" %s on %s"):format(given, what) end
  if type(given) == "table" and given.default ~= nil then
    return (" default %s on %s"):format(literal.quote(given.default), what)
  end
  term.refuse(("on_%s is no word of SQL"):format(what),
    ('on_%s = "null", "error", "empty array", { default = 0 }'):format(what))
end

---@param read table  by SHAPE_ROWS
---@return string
function sql_json.shape_text(read)
  local quotes = read.quotes and (" %s quotes"):format(read.quotes) or ""
  return (WRAPPERS[read.wrapper] or "") .. quotes .. behaviour_text("empty", read.on_empty)
    .. behaviour_text("error", read.on_error)
end

---@param given table<string, any>
---@return table[]  nodes by name
function sql_json.passing(given)
  local names, list = {}, {}
  for name in pairs(given) do
    identifier.quote(name)
    names[#names + 1] = name
  end
  table.sort(names)
  for at, name in ipairs(names) do
    local value = term.constant(given[name], "numeric")
    if value.kind == "param" and not value.sent_as then
      value = term.param(given[name], type(given[name]) == "table" and "jsonb" or "text")
    end
    list[at] = node.new("json_passing", { name = name, value = value })
  end
  return list
end

local RESULTS = { json_value = "text", json_query = "jsonb", json_exists = "bool" }

local function path_of(name, path)
  if type(path) == "string" then return term.param(path, "jsonpath") end
  if term.is(path) then return path end
  term.refuse(("%s takes a path"):format(name), ('%s "$.theme"'):format(name))
end

-- json_value gives a scalar, json_query JSON, json_exists a condition.
for name, rows in pairs(ROWS) do
  methods[name] = function(self, path, given)
    local read = options.read(rows, given, { kind = "bad_argument", what = name })
    local type = read.returning or RESULTS[name]
    return term.new("json_call", { name = name, operand = term.operand(self),
      path = path_of(name, path), passing = sql_json.passing(read.passing), type = type,
      family = type_family.of(type),
      tail = (read.returning and " returning " .. read.returning or "")
        .. sql_json.shape_text(read) })
  end
end

return sql_json
