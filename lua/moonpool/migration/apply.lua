-- Runs one plan in one transaction with its version row; a failure names file, line and statement.
local errors = require "moonpool.errors"
local version_table = require "moonpool.migration.version_table"

local apply = {}

local function milliseconds(seconds)
  return seconds and math.max(1, math.floor(seconds * 1000 + 0.5)) or 0
end

---The statement that bounds each later one's wait for a table lock, in this transaction.
---@param seconds number | false  false is no bound
---@return string
function apply.lock_timeout_statement(seconds)
  return ("set local lock_timeout = %d"):format(milliseconds(seconds))
end

local function with_fields(err, extra)
  local fields = {}
  for key, value in pairs(err) do fields[key] = value end
  for key, value in pairs(extra) do fields[key] = value end
  return fields
end

-- A cancelled task is not a failed migration: its error goes on as it is.
local function is_foreign(err)
  return not errors.is_error(err) or errors.is_error(err, "cancelled")
end

local function raise_failure(plan, place, doing, err, extra)
  if is_foreign(err) or err.migration then error(err, 0) end
  extra.message = ("%s: %s failed: %s"):format(place, doing, err.message)
  extra.hint = err.hint .. "; this migration was rolled back, those before it stay"
  extra.where = place
  extra.migration = plan.revision.revision
  extra.file = plan.revision.file
  errors.raise(with_fields(err, extra))
end

local function fail_statement(plan, statement, err)
  local operation = statement.operation
  local place = plan.revision.file .. (operation.line and ":" .. operation.line or "")
  raise_failure(plan, place, operation.name, err, { query = statement.sql, line = operation.line })
end

local function tell(options, event, plan, sql)
  local record = plan.revision
  options.on_step {
    event = event,
    direction = plan.direction,
    revision = record.revision,
    message = record.message,
    file = record.file,
    sql = sql,
  }
end

-- The version row goes before the rest, in the same round trip as the bound: all of it is one
-- transaction.
local function run_statements(tx, plan, options)
  tx:script(apply.lock_timeout_statement(options.lock_timeout) .. ";\n"
    .. version_table.move(plan.direction, plan.revision))
  for _, statement in ipairs(plan.statements) do
    tell(options, "statement", plan, statement.sql)
    local _, err = errors.try(tx.script, tx, statement.sql)
    if err then fail_statement(plan, statement, err) end
  end
end

---@async
---@param conn table  the connection that holds the migration lock
---@param plan moonpool.migration.Plan
---@param options { lock_timeout: number | false, on_step: fun(step: table) }
function apply.run(conn, plan, options)
  tell(options, "start", plan)
  local _, err = errors.try(conn.transaction, conn, function(tx)
    run_statements(tx, plan, options)
  end)
  if err then raise_failure(plan, plan.revision.file, plan.direction, err, {}) end
  tell(options, "done", plan)
end

return apply
