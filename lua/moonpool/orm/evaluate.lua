-- Conditions looked at in Lua, on what the session knows of its objects' rows; pure.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local null = require "moonpool.null"
local value_fields = require "moonpool.orm.value_fields"
local value_module = require "moonpool.orm.value"

local evaluate = {}

local COMPARISONS = {
  gt = function(a, b) return a > b end, ge = function(a, b) return a >= b end,
  lt = function(a, b) return a < b end, le = function(a, b) return a <= b end,
  between = function(a, low, high) return a >= low and a <= high end,
}

local function refuse(model, name)
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('the condition%s cannot be evaluated here'):format(
      name and (' on "%s"'):format(name) or ""),
    hint = 'sync = "fetch" asks the server which rows it holds for' }
end

-- Texts compare by the server's collation, which is not Lua's.
local function compared(model, name, held, wanted)
  local compare = COMPARISONS[wanted.method]
  if not compare or type(held) == "string" then refuse(model, name) end
  return held ~= nil and compare(held, table.unpack(wanted.arguments, 1, wanted.arguments.n))
end

local function is_operator(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and meta.__name == "moonpool.Operator"
end

local function one_of(held, list)
  for _, item in ipairs(list) do
    if value_module.same(held, item) then return true end
  end
  return false
end

local function holds(model, name, held, wanted)
  if wanted == null then return held == nil end
  if expression.is_expression(wanted) then refuse(model, name) end
  if is_operator(wanted) then
    if wanted.method == "ne" and wanted.arguments[1] == null then return held ~= nil end
    return compared(model, name, held, wanted)
  end
  local is_list = type(wanted) == "table" and type(held) ~= "table"
  if is_list then return held ~= nil and one_of(held, wanted) end
  return held ~= nil and value_module.same(held, wanted)
end

---The session's objects of a model for whose rows the filter holds.
---@param session moonpool.Session
---@param model moonpool.Model
---@param filter table  columns and values
---@return table[]
function evaluate.matching(session, model, filter)
  if expression.is_expression(filter) or #filter > 0 then refuse(model) end
  local list = {}
  filter = value_fields.expand(model, filter)
  for _, object in pairs(session.uow.identity:of(model)) do
    local row, fits = session.uow:snapshot_of(object), true
    for name, wanted in pairs(filter) do
      fits = fits and holds(model, model.source:check(name), row[name], wanted)
    end
    if fits then list[#list + 1] = object end
  end
  return list
end

return evaluate
