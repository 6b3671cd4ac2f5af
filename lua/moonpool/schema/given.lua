-- Reading what a declaration is given: lists beside options, names, when constraints are checked.
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"

local given_module = {}

---@param what string  whose declaration it is
---@param message string
---@param hint string
function given_module.refuse(what, message, hint)
  errors.raise { kind = "bad_argument", message = ("%s: %s"):format(what, message), hint = hint }
end

---`{ "a", "b", name = "x" }` as a list and its options.
---@param given any
---@return table list
---@return table rest
function given_module.split(given)
  local list, rest = {}, {}
  for key, value in pairs(type(given) == "table" and given or {}) do
    if math.type(key) == "integer" then list[key] = value else rest[key] = value end
  end
  return list, rest
end

---Raises `bad_argument` for what the server would not keep as it is.
---@param what string
---@param name any
function given_module.check_name(what, name)
  local ok, err = pcall(identifier.quote, name)
  if not ok then given_module.refuse(what, err.message, err.hint) end
end

---@param what string
---@param names any[]
function given_module.check_names(what, names)
  for _, name in ipairs(names) do given_module.check_name(what, name) end
end

-- When a constraint that can wait is checked, unless a transaction says otherwise.
local DEFERRABLE = { [true] = "deferred", deferred = "deferred", immediate = "immediate" }

---@param what string
---@param value any  true and "deferred": at the commit; "immediate": after each statement
---@return ("deferred" | "immediate" | false)
function given_module.deferrable(what, value)
  if not value then return false end
  if DEFERRABLE[value] then return DEFERRABLE[value] end
  return given_module.refuse(what, ("deferrable cannot be %s"):format(tostring(value)),
    'use true (checked at the commit), "immediate" or false')
end

---Lists of option rows as one.
---@param ... moonpool.OptionRow[]
---@return moonpool.OptionRow[]
function given_module.rows(...)
  local all = {}
  for _, rows in ipairs { ... } do table.move(rows, 1, #rows, #all + 1, all) end
  return all
end

return given_module
