-- report.lua - what a run of specs says: each failure with its reason, and the counts at the end.

local base = require "busted.outputHandlers.base"
local busted = require "busted"

-- Structured errors know how to show themselves.
local function message_text(message)
  if message == nil then return "failed without a message" end
  if type(message) ~= "table" or (getmetatable(message) or {}).__tostring then
    return tostring(message)
  end
  return require("pl.pretty").write(message)
end

local function place_of(entry)
  local trace = entry.element.trace or entry.trace
  if not trace or not trace.short_src then return entry.name end
  return ("%s:%d: %s"):format(trace.short_src, trace.currentline or 0, entry.name)
end

local function print_entries(word, entries)
  for _, entry in ipairs(entries) do
    print(("\n%s %s"):format(word, place_of(entry)))
    if entry.message ~= nil or word ~= "pending" then
      print("  " .. message_text(entry.message):gsub("\n", "\n  "))
    end
    local traceback = word == "error" and entry.trace and entry.trace.traceback
    if traceback then print(traceback) end
  end
end

local function print_summary(handler)
  print_entries("pending", handler.pendings)
  print_entries("failed", handler.failures)
  print_entries("error", handler.errors)
  print(("\n%d passed, %d failed, %d errors, %d pending in %.1f s"):format(handler.successesCount,
    handler.failuresCount, handler.errorsCount, handler.pendingsCount, handler.getDuration()))
  io.stdout:flush()
end

return function(options)
  local handler = base()

  busted.subscribe({ "test", "start" }, function(element)
    if options.verbose then print(handler.getFullName(element)) end
    return nil, true
  end)
  busted.subscribe({ "suite", "end" }, function()
    print_summary(handler)
    return nil, true
  end)

  return handler
end
