-- Windows: what rows a window function sees, `{ partition =, order =, rows = { from, to } }`.
local node = require "moonpool.sql.node"
local options = require "moonpool.options"
local term = require "moonpool.sql.term"

local window = {}

node.layout("window", { "base", "definition" }, { "partition", "orders", "frame" })
node.layout("frame", { "unit", "exclude" }, { "first", "last" })
node.layout("bound", { "what" }, { "offset" })
node.layout("named_window", { "name" }, { "window" })

local OPTIONS = {
  { name = "partition", kind = "any", doc = "an expression or a list of them" },
  { name = "order", kind = "any", doc = "an expression or a list of them" },
  { name = "rows", kind = "any", doc = "{ from, to }: a frame of rows" },
  { name = "range", kind = "any", doc = "{ from, to }: a frame of values" },
  { name = "groups", kind = "any", doc = "{ from, to }: a frame of peers" },
  { name = "exclude", kind = "choice", values = { "current row", "group", "ties", "no others" } },
  { name = "base", kind = "string", doc = "the name of a window that it refines" },
}

local BOUNDS = { ["unbounded preceding"] = true, ["unbounded following"] = true,
  ["current row"] = true }

local function refuse_bound(value)
  term.refuse(("%s is no bound of a frame"):format(tostring(value)),
    'write -3, 0, 3, "unbounded preceding", "current row", { preceding = value }')
end

local function offset_of(value, unit)
  return unit == "range" and term.of(value) or term.param(value, "int8")
end

-- Numbers count from the current row, backwards where they are negative.
local function number_bound(value, unit)
  if value == 0 then return { what = "current row" } end
  if value == math.huge then return { what = "unbounded following" } end
  if value == -math.huge then return { what = "unbounded preceding" } end
  return { what = value < 0 and "preceding" or "following", offset = offset_of(math.abs(value),
    unit) }
end

local function table_bound(value, unit)
  for _, what in ipairs { "preceding", "following" } do
    if value[what] ~= nil then
      local given = value[what]
      return { what = what, offset = term.is(given) and given or offset_of(given, unit) }
    end
  end
  refuse_bound(value)
end

local function bound(value, unit)
  if type(value) == "number" then return term.new("bound", number_bound(value, unit)) end
  if BOUNDS[value] then return term.new("bound", { what = value }) end
  if type(value) == "table" and not term.is(value) then
    return term.new("bound", table_bound(value, unit))
  end
  refuse_bound(value)
end

local function frame(read)
  local unit
  for _, name in ipairs { "rows", "range", "groups" } do
    if read[name] ~= nil then
      if unit then
        term.refuse(("a window has both %s and %s"):format(unit, name), "keep one of them")
      end
      unit = name
    end
  end
  if not unit then
    if read.exclude then
      term.refuse("exclude belongs to a frame", 'rows = { -3, 3 }, exclude = "ties"')
    end
    return nil
  end
  local given = read[unit]
  if type(given) ~= "table" or #given ~= 2 then
    term.refuse(("%s of a window takes two bounds"):format(unit), unit .. " = { -3, 0 }")
  end
  return term.new("frame", { unit = unit, exclude = read.exclude,
    first = bound(given[1], unit), last = bound(given[2], unit) })
end

local function list_of(given)
  if given == nil then return nil end
  local list = term.is(given) and { given } or given
  if type(list) ~= "table" then
    term.refuse(("a window is over expressions, not a %s"):format(type(given)),
      "partition = column, order = column:desc()")
  end
  return #list > 0 and term.list(list, term.operand) or nil
end

---@param given table | string | nil  options, or a window's name
---@param what string  for messages
---@return moonpool.sql.Expression
function window.new(given, what)
  if type(given) == "string" then return term.new("window", { base = given }) end
  local read = options.read(OPTIONS, given, { kind = "bad_argument", what = what })
  return term.new("window", { base = read.base, partition = list_of(read.partition),
    orders = list_of(read.order), frame = frame(read) })
end

---A window for a select's window clause.
---@param name string
---@param given table
function window.named(name, given)
  local made = window.new(given, "window")
  local definition = term.new("window", { base = made.base, definition = true,
    partition = made.partition, orders = made.orders, frame = made.frame })
  return term.new("named_window", { name = name, window = definition })
end

return window
