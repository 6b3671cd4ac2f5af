-- Rows that move out of others' way within a flush, and constraints that wait for its end; pure.
local grouping = require "moonpool.orm.flush.grouping"
local identifier = require "moonpool.sql.identifier"
local parts = require "moonpool.orm.parts"
local update = require "moonpool.orm.flush.update"

local vacate = {}

local function names_of(columns)
  local names = {}
  for name in pairs(columns) do names[#names + 1] = name end
  table.sort(names)
  return names
end

---@param part moonpool.orm.Part | moonpool.Model
---@return boolean  whether the row has been moved out of the way, and its version been looked at
function vacate.is_seen(exchange, object, part)
  local moved = exchange.vacated[object]
  return moved ~= nil and update.is_told_by_write(part)
    and #parts.among(part, names_of(moved)) > 0
end

local function statements(step, work)
  local list = {}
  for at, one in ipairs(step.constraints) do
    local schema = one.part.source.schema
    schema = schema and work.schemas and work.schemas[schema] or schema
    list[at] = identifier.qualified(schema, one.name)
  end
  return { { sql = ("set constraints %s %s"):format(table.concat(list, ", "), step.when),
    params = { n = 0 }, step = step, objects = {} } }
end

local function constraint_steps(exchange, when)
  if #exchange.constraints == 0 then return {} end
  return { { kind = "constraints", constraints = exchange.constraints, when = when, objects = {},
    statements = statements } }
end

---@param exchange moonpool.orm.flush.Exchange
---@return moonpool.orm.flush.Step[]  what goes first
function vacate.steps(exchange)
  local list = constraint_steps(exchange, "deferred")
  local moved = grouping.by_part(exchange.vacated_list,
    function(object) return names_of(exchange.vacated[object]) end,
    function(part, names)
      return update.before(part, names, function(own, name) return exchange.vacated[own][name] end)
    end)
  return table.move(moved, 1, #moved, #list + 1, list)
end

---@param exchange moonpool.orm.flush.Exchange
---@return moonpool.orm.flush.Step[]  what goes last
function vacate.checks(exchange)
  return constraint_steps(exchange, "immediate")
end

return vacate
