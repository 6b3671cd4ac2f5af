-- lease.lua - a connection of one's own, taken together with who takes it and where.
local caller = require "moonpool.errors.caller"
local label = require "moonpool.label"
local options = require "moonpool.options"

local lease = {}

local OPTIONS = {
  { name = "label", kind = "string", doc = "who holds it, in errors and in pool():held()" },
}

---@async
---@param engine table
---@param name string?  what it is called; when left out, the label of what runs now
---@return moonpool.Connection
function lease.open(engine, name)
  local place = caller.locate()
  local called = name or label.current()
  return engine:session_open(called, place and ("%s:%d"):format(place.file, place.line))
end

---Pin one connection: it is this task's until it is closed.
---@async
---@param engine moonpool.Engine
---@param given? { label: string }
---@return moonpool.Connection
function lease.connect(engine, given)
  local read = options.read(OPTIONS, given, { kind = "bad_argument", what = "connect" })
  return lease.open(engine, read.label)
end

return lease
