-- What one revision will do in one direction: its recorded operations and their statements; pure.
local errors = require "moonpool.errors"
local location = require "moonpool.migration.location"
local operations = require "moonpool.migration.operations"
local recorder = require "moonpool.migration.recorder"

---@class moonpool.migration.Plan
---@field revision moonpool.Revision
---@field direction "upgrade" | "downgrade"
---@field operations moonpool.migration.Operation[]
---@field statements { sql: string, operation: moonpool.migration.Operation }[]

local plan = {}

local function refuse_irreversible(file, operation, reason)
  errors.raise {
    kind = "migration",
    reason = "irreversible",
    message = ("%s:%d: %s cannot be taken back: %s"):format(
      file, operation.line or 1, operation.name, reason),
    hint = "replace change by upgrade and downgrade",
    file = file,
    line = operation.line,
  }
end

local function inverted(file, recorded)
  local result = {}
  for index = #recorded, 1, -1 do
    local inverse, reason = operations.inverse(recorded[index])
    if not inverse then refuse_irreversible(file, recorded[index], reason) end
    result[#result + 1] = inverse
  end
  return result
end

-- Errors of the recorder name file and line already; anything else is the user's own mistake.
local function record(file, fn)
  local line
  local ok, result = xpcall(recorder.record, function(raised)
    line = location.running_line(file)
    return raised
  end, file, fn)
  if ok then return result end
  if errors.is_error(result) then error(result, 0) end
  errors.raise {
    kind = "bad_config",
    message = ("%s:%d: %s"):format(file, line or 1, location.without_position(result)),
    hint = "nothing was sent; correct the migration",
    file = file,
    line = line,
  }
end

local function upgrade_operations(record_of)
  local fn = record_of.upgrade or record_of.change
  return fn and record(record_of.file, fn) or {}
end

local function downgrade_operations(record_of)
  if record_of.change then
    return inverted(record_of.file, record(record_of.file, record_of.change))
  end
  if record_of.downgrade then return record(record_of.file, record_of.downgrade) end
  if not record_of.upgrade then return {} end
  errors.raise {
    kind = "migration",
    reason = "irreversible",
    message = ("%s: revision %s has no downgrade"):format(record_of.file, record_of.revision),
    hint = "add downgrade = function(op) ... end",
    file = record_of.file,
  }
end

local RECORD = { upgrade = upgrade_operations, downgrade = downgrade_operations }

---Record and render one revision. Raises errors that name file and line.
---@param record_of moonpool.Revision  with its `file`
---@param direction "upgrade" | "downgrade"
---@return moonpool.migration.Plan
function plan.new(record_of, direction)
  local recorded = RECORD[direction](record_of)
  local statements = {}
  for _, operation in ipairs(recorded) do
    for _, sql in ipairs(operations.render(operation)) do
      statements[#statements + 1] = { sql = sql, operation = operation }
    end
  end
  return {
    revision = record_of,
    direction = direction,
    operations = recorded,
    statements = statements,
  }
end

---@param records moonpool.Revision[]
---@param direction "upgrade" | "downgrade"
---@return moonpool.migration.Plan[]
function plan.all(records, direction)
  local plans = {}
  for index, record_of in ipairs(records) do plans[index] = plan.new(record_of, direction) end
  return plans
end

return plan
