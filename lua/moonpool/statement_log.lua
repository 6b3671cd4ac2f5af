-- statement_log.lua - what the log says of a statement that has ended.
local redaction = require "moonpool.errors.redaction"
local text = require "moonpool.util.text"

local statement_log = {}

local SHOWN = 500 -- bytes of a statement's text
local VALUE_SHOWN = 60
local VALUES_SHOWN = 100

local function shorten(value, limit)
  local line = tostring(value):gsub("%s+", " ")
  return #line > limit and text.cut(line, limit) .. "..." or line
end

local function params_of(event)
  local list, count = {}, event.params.n
  for at = 1, math.min(count, VALUES_SHOWN) do
    local value = event.params[at]
    list[at] = ("$%d = %s"):format(at, type(value) == "string"
      and ("%q"):format(shorten(value, VALUE_SHOWN)) or shorten(value, VALUE_SHOWN))
  end
  if count > VALUES_SHOWN then list[#list + 1] = ("and %d more"):format(count - VALUES_SHOWN) end
  return table.concat(list, ", ")
end

local function outcome(event)
  local err = event.error
  if not err then return ("%d rows"):format(event.rows) end
  local message = type(err) == "table" and redaction(err) or tostring(err)
  return ("%s: %s"):format(type(err) == "table" and err.kind or "error", message)
end

---The line of one event; its parameters are in it where the event has them.
---@param event moonpool.QueryEvent
---@return string
function statement_log.line(event)
  local parts = {
    ("%.3f s (queue %.3f, network %.3f, server %.3f, decode %.3f), %s"):format(
      event.seconds, event.queue, event.network, event.server, event.decode, outcome(event)),
    event.where and "at " .. event.where,
    event.label and ("[%s]"):format(event.label),
    shorten(event.sql, SHOWN),
    event.params and event.params.n > 0 and params_of(event),
  }
  local said = {}
  for at = 1, 5 do
    if parts[at] then said[#said + 1] = parts[at] end
  end
  return table.concat(said, " ")
end

return statement_log
