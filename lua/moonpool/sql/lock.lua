-- Row locks of a select: `for_update { of = u, skip_locked = true }`.
local identifier = require "moonpool.sql.identifier"
local node = require "moonpool.sql.node"
local options = require "moonpool.options"
local source = require "moonpool.sql.source"
local statement = require "moonpool.sql.statement"

local lock = { methods = {} }

node.layout("lock", { "strength", "of", "wait" }, {})

local OPTIONS = {
  { name = "of", kind = "any", doc = "a table or a list of them; all without" },
  { name = "skip_locked", kind = "boolean", default = false },
  { name = "nowait", kind = "boolean", default = false },
}

local function names_of(of)
  if of == nil then return nil end
  local list = (type(of) ~= "table" or source.is_like(of)) and { of } or of
  local names = {}
  for at, item in ipairs(list) do
    names[at] = type(item) == "string" and item or source.of(item):qualifier()
  end
  if #names == 0 then statement.refuse("a lock of no table", "of = u, or of = { u, p }") end
  return identifier.list(names)
end

local function wait_of(read)
  if read.nowait and read.skip_locked then
    statement.refuse("a lock cannot both skip locked rows and fail at them",
      "keep skip_locked or nowait")
  end
  return read.skip_locked and "skip locked" or read.nowait and "nowait" or nil
end

for name, strength in pairs { for_update = "update", for_no_key_update = "no key update",
  for_share = "share", for_key_share = "key share" } do
  lock.methods[name] = function(self, given)
    local read = options.read(OPTIONS, given, { kind = "bad_argument", what = name })
    if self.is_distinct or #self.groups > 0 then
      statement.refuse(name .. " locks rows of tables, and this select gives none",
        "lock in a subquery, and group or make distinct around it")
    end
    return statement.add(self, "locks", { node.new("lock", { strength = strength,
      of = names_of(read.of), wait = wait_of(read) }) })
  end
end

return lock
