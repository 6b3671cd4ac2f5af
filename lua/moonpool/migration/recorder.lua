-- The `op` that a migration's functions are given: each call is checked at once and becomes data.
local arguments = require "moonpool.migration.arguments"
local errors = require "moonpool.errors"
local location = require "moonpool.migration.location"
local operations = require "moonpool.migration.operations"
local suggest = require "moonpool.util.suggest"

---@class moonpool.migration.Operation
---@field name string  of its file in operations/
---@field arguments table<string, any>
---@field options table<string, any>
---@field file string?
---@field line integer?  of the call in the migration file

local recorder = {}

local function refuse(state, line, err)
  local place = line and ("%s:%d: "):format(state.file, line) or (state.file .. ": ")
  errors.raise {
    kind = "bad_argument",
    message = place .. err.message,
    hint = err.hint,
    file = state.file,
    line = line,
  }
end

local function check_use(state, line, name, receiver)
  if receiver ~= state.op then
    refuse(state, line, {
      message = ("op.%s is called without its object"):format(name),
      hint = ("write op:%s(...), with a colon"):format(name),
    })
  end
  if state.is_finished then
    refuse(state, line, {
      message = ("op:%s is called after the function that was given op has ended"):format(name),
      hint = "record operations inside upgrade, downgrade or change",
    })
  end
end

local function record(state, definition, receiver, ...)
  local line = location.running_line(state.file)
  check_use(state, line, definition.name, receiver)
  local operation, err = errors.try(arguments.read, definition, ...)
  if not operation then refuse(state, line, err) end
  operation.file, operation.line = state.file, line
  state.recorded[#state.recorded + 1] = operation
end

local function unknown(state, name)
  refuse(state, location.running_line(state.file), {
    message = ("there is no operation %q%s"):format(
      tostring(name), suggest.phrase(name, operations.names())),
    hint = "op:execute(sql) runs any statement",
  })
end

---Run a migration's function on a fresh `op` and give what it recorded.
---@param file string  the migration's file, for messages
---@param fn fun(op: table)
---@return moonpool.migration.Operation[]
function recorder.record(file, fn)
  local state = { file = file, recorded = {}, is_finished = false }
  state.op = setmetatable({}, {
    __index = function(_, name)
      local definition = operations.get(name)
      if not definition then unknown(state, name) end
      return function(...) return record(state, definition, ...) end
    end,
    __newindex = function(_, name)
      refuse(state, location.running_line(file), {
        message = ("op.%s cannot be set"):format(tostring(name)),
        hint = "keep your own values in local variables",
      })
    end,
  })
  fn(state.op)
  state.is_finished = true
  return state.recorded
end

return recorder
