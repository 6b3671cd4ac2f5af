-- Calls of functions: arguments, and what only aggregates and window functions have.
local node = require "moonpool.sql.node"
local term = require "moonpool.sql.term"
local window = require "moonpool.sql.window"

local call = { methods = {} }

local methods = call.methods

node.layout("call", { "schema", "name", "star", "is_distinct" },
  { "arguments", "orders", "within", "condition", "window" })
node.layout("whole", { "qualifier" }, {})
node.layout("named", { "name" }, { "value" })
node.layout("variadic", {}, { "operand" })

-- Where the server takes anything, even a text or a table has to say what it is.
local TAKES_ANYTHING = {}
for name in ([[json_build_object jsonb_build_object json_build_array jsonb_build_array concat
  concat_ws format num_nulls num_nonnulls to_json to_jsonb pg_typeof]]):gmatch "%S+" do
  TAKES_ANYTHING[name] = true
end

local ANYTHING = { string = "text", table = "jsonb" }

-- A table stands for its whole row: `fn.to_jsonb(u)`.
local function whole_row(own)
  return term.new("whole", { qualifier = own:qualifier() })
end

local function argument(value, takes_anything)
  local own = term.table_of(value)
  if own then return whole_row(own) end
  local made = term.constant(value, "numeric")
  if made.kind == "label" then return made.operand end
  local is_bare = takes_anything and made.kind == "param" and not made.sent_as
  local cast = is_bare and ANYTHING[type(value)]
  return cast and term.param(value, cast) or made
end

-- coalesce(a, b) is of the type of what has one: there the values need none of their own.
local COMMON = { coalesce = true, greatest = true, least = true, nullif = true }

local function has_expression(arguments)
  for at = 1, arguments.n do
    if term.is(arguments[at]) then return true end
  end
  return false
end

local function read_arguments(name, ...)
  local given = table.pack(...)
  local takes_anything = TAKES_ANYTHING[name]
  local is_typed = COMMON[name] and has_expression(given)
  return term.list(given, function(value)
    if is_typed then return term.operand(value) end
    return argument(value, takes_anything)
  end)
end

-- What functions give whose answer is asked further.
local TYPES = { to_tsvector = "tsvector", to_tsquery = "tsquery", lower = nil, count = "int8",
  jsonb_build_object = "jsonb", jsonb_build_array = "jsonb", to_jsonb = "jsonb",
  jsonb_agg = "jsonb", jsonb_object_agg = "jsonb", string_agg = "text", concat = "text" }
local FAMILIES = { int8 = "number" }

---@param schema string?
---@param name string
---@return moonpool.sql.Expression
function call.new(schema, name, ...)
  local type = not schema and TYPES[name] or nil
  return term.new("call", { schema = schema, name = name, type = type,
    family = FAMILIES[type] or type, star = name == "count" and select("#", ...) == 0,
    arguments = read_arguments(name, ...) })
end

local FIELDS = { "schema", "name", "star", "is_distinct", "arguments", "orders", "within",
  "condition", "window", "type", "family" }

local function changed(self, method, field, value)
  if self.kind ~= "call" then
    term.refuse(("%s belongs to the call of a function"):format(method),
      ("mp.fn.count(column):%s(...)"):format(method))
  end
  local fields = {}
  for _, name in ipairs(FIELDS) do fields[name] = self[name] end
  fields[field] = value
  return term.new("call", fields)
end

---`count(distinct x)`.
function methods.distinct(self)
  if self.star then
    term.refuse("count() counts rows, which are all distinct", "mp.fn.count(column):distinct()")
  end
  return changed(self, "distinct", "is_distinct", true)
end

---The order in which an aggregate takes its arguments.
function methods.order_by(self, ...)
  return changed(self, "order_by", "orders", term.list(table.pack(...), term.operand))
end

---The order of an ordered-set aggregate: `percentile_cont(0.5):within_group(column)`.
function methods.within_group(self, ...)
  return changed(self, "within_group", "within", term.list(table.pack(...), term.operand))
end

---Only the rows for which the condition holds are aggregated.
function methods.filter(self, condition)
  if not term.is(condition) then
    term.refuse("filter takes a condition", "mp.fn.count():filter(column:gt(1))")
  end
  return changed(self, "filter", "condition",
    self.condition and term.binary("and", self.condition, condition, "bool") or condition)
end

---As a window function.
---@param given table | string | nil  a window, or the name of one: see `window.new`
function methods.over(self, given)
  return changed(self, "over", "window", window.new(given, "over"))
end

---An argument by name: `fn.make_interval(named { days = 3 })`.
---@param given table<string, any>
function call.named(given)
  if type(given) ~= "table" or next(given) == nil or #given > 0 then
    term.refuse("named takes arguments by name", "mp.named { days = 3 }")
  end
  local names, list = {}, {}
  for name in pairs(given) do names[#names + 1] = name end
  table.sort(names)
  for at, name in ipairs(names) do
    list[at] = term.new("named", { name = name, value = argument(given[name]) })
  end
  return table.unpack(list)
end

---An array whose elements are the last arguments.
function call.variadic(array)
  return term.new("variadic", { operand = term.of(array) })
end

local function check_name(name)
  if type(name) == "string" and name:find "^[%a_][%w_]*$" then return name end
  term.refuse(("%q is not the name of a function"):format(tostring(name)),
    "mp.fn.lower(column), mp.fn.schema.name(column)")
end

local Named = { __name = "moonpool.Function" }

function Named.__call(self, ...)
  return call.new(rawget(self, "schema"), rawget(self, "name"), ...)
end

function Named.__index(self, name)
  if rawget(self, "schema") then check_name(nil) end
  return setmetatable({ schema = rawget(self, "name"), name = check_name(name) }, Named)
end

local function from_text(text)
  local schema, name = tostring(text):match "^([%a_][%w_]*)%.([%a_][%w_]*)$"
  return setmetatable({ schema = schema, name = name or check_name(text) }, Named)
end

local known = setmetatable({}, { __mode = "v" })

---`fn.lower(x)` calls the server's function of that name, `fn.app.score(x)` that of a schema;
---`fn.count()` is `count(*)`.
call.fn = setmetatable({}, {
  __index = function(_, text)
    local found = known[text]
    if not found then
      found = from_text(text)
      known[text] = found
    end
    return found
  end,
  __newindex = function() error("mp.fn cannot be changed", 2) end,
})

return call
