-- `assert_queries(2, fn)`: how many statements a function sends, on every engine of the process.
local observation = require "moonpool.observation"

local MAX_SHOWN = 20 -- statements

local function line_of(at, event)
  local text = event.sql:gsub("%s+", " ")
  return ("  %d. %s%s"):format(at, text, event.where and " at " .. event.where or "")
end

local function report(expected, count, events)
  local lines = { ("%d statements were expected, %d were sent:"):format(expected, count) }
  for at, event in ipairs(events) do
    if at > MAX_SHOWN then
      lines[#lines + 1] = ("  ... and %d more"):format(#events - MAX_SHOWN)
      break
    end
    lines[#lines + 1] = line_of(at, event)
  end
  return table.concat(lines, "\n")
end

local function finish(watcher, ok, ...)
  observation.unwatch(watcher)
  if not ok then error((...), 0) end
  return ...
end

---Call `fn(...)`; raises when it sends another number of statements, and lists them with the places
---in Lua they came from. Each statement of a pipeline counts; BEGIN, COMMIT and the like do not.
---@async
---@param expected integer
---@param fn function
---@return any ...  what it returns
return function(expected, fn, ...)
  local events, count = {}, 0
  local function watcher(event)
    events[#events + 1], count = event, count + event.statements
  end
  observation.watch(watcher)
  local results = table.pack(finish(watcher, pcall(fn, ...)))
  if count ~= expected then error(report(expected, count, events), 2) end
  return table.unpack(results, 1, results.n)
end
