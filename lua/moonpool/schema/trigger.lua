-- A trigger as data: when what happens to a table, which function runs.
local given_module = require "moonpool.schema.given"
local object = require "moonpool.schema.object"
local options = require "moonpool.options"
local sql_text = require "moonpool.schema.sql_text"

local trigger = {}

local ROWS = {
  { name = "table", kind = "string", doc = "left out inside a table's declaration" },
  { name = "when", kind = "choice", values = { "before", "after", "instead of" }, required = true },
  { name = "events", kind = "any", required = true, doc = '{ "insert", "update" }' },
  { name = "columns", kind = "strings", doc = "an update of these alone" },
  { name = "each", kind = "choice", values = { "row", "statement" }, default = "row" },
  { name = "condition", kind = "any", doc = "SQL of old and new" },
  { name = "execute", kind = "string", required = true, doc = "the function's name" },
  { name = "arguments", kind = "strings", default = {} },
  { name = "constraint", kind = "boolean", default = false },
  { name = "deferrable", kind = "any", default = false, doc = "of a constraint trigger" },
  { name = "from", kind = "string", doc = "the table that a constraint trigger refers to" },
  { name = "referencing", kind = "table", doc = '{ old_table = "gone", new_table = "come" }' },
  { name = "enabled", kind = "any", default = true, doc = 'true, false, "replica" or "always"' },
}

local REFERENCING = { { name = "old_table", kind = "string" },
  { name = "new_table", kind = "string" } }

local EVENTS = { insert = true, update = true, delete = true, truncate = true }
local ENABLED = { [true] = true, [false] = true, replica = true, always = true }

local function read_events(what, given)
  local list = type(given) == "table" and given or { given }
  local events = {}
  for at, event in ipairs(list) do
    if not EVENTS[event] then
      given_module.refuse(what, ("%s is no event"):format(tostring(event)),
        '"insert", "update", "delete" or "truncate"')
    end
    events[at], events[event] = event, true
  end
  if #events == 0 then given_module.refuse(what, "it has no events", 'events = { "insert" }') end
  return events
end

-- What excludes what, and what to do about it.
local CONFLICTS = {
  { function(self) return self.columns and not self.events.update end,
    "columns are said of a trigger that is not for updates", 'add "update" to its events' },
  { function(self) return self.events.truncate and self.each == "row" end,
    "truncate has no rows", 'each = "statement"' },
  { function(self) return self.when == "instead of" and self.each ~= "row" end,
    "instead of is for each row", 'each = "row"' },
  { function(self) return self.constraint and (self.when ~= "after" or self.each ~= "row") end,
    "a constraint trigger is after each row", 'when = "after", each = "row"' },
  { function(self) return (self.deferrable or self.from) and not self.constraint end,
    "deferrable and from are said of constraint triggers", "constraint = true" },
  { function(self) return self.referencing and self.when ~= "after" end,
    "referencing is for triggers that run after", 'when = "after"' },
  { function(self) return ENABLED[self.enabled] == nil end,
    "enabled is none of its values", 'true, false, "replica" or "always"' },
}

---@param name string
---@param given table  `table`, `when`, `events`, `each`, `execute`, ...
---@return moonpool.schema.Object
function trigger.new(name, given)
  local what = object.what("trigger", name)
  local self = object.new("trigger", name, given, ROWS)
  self.events = read_events(what, self.events)
  self.deferrable = given_module.deferrable(what, self.deferrable)
  if self.condition ~= nil then self.condition = sql_text(self.condition, what .. ", condition") end
  if self.referencing then
    self.referencing = options.read(REFERENCING, self.referencing,
      { kind = "bad_argument", what = what .. ", referencing" })
  end
  for _, conflict in ipairs(CONFLICTS) do
    if conflict[1](self) then given_module.refuse(what, conflict[2], conflict[3]) end
  end
  return self
end

return trigger
