-- The operations by name, and what can be asked of any of them: SQL, inverse, summary; pure.
local operations = {}

---@class moonpool.migration.Definition
---@field name string
---@field arguments table[]  rows of name, kind, and `optional`
---@field options table<string, string | function>?  kinds by name; each operation takes `allow`
---@field hazard { code: string, reason: string, accepted_by: string? }?
---@field check fun(arguments: table, options: table)?  raises what rows cannot say
---@field render fun(arguments: table, options: table): string[]
---@field inverse fun(arguments: table, options: table): moonpool.migration.Operation?, string?

local NAMES = {
  "add_column", "create_check", "create_foreign_key", "create_index", "create_primary_key",
  "create_table", "create_unique", "drop_column", "drop_constraint", "drop_index", "drop_not_null",
  "drop_table", "execute", "rename_column", "rename_table", "set_not_null",
}

local BY_NAME = {}
for _, name in ipairs(NAMES) do
  BY_NAME[name] = require("moonpool.migration.operations." .. name)
end

---@param name any
---@return moonpool.migration.Definition?
function operations.get(name)
  return BY_NAME[name]
end

---@return string[]
function operations.names()
  return { table.unpack(NAMES) }
end

---@param operation moonpool.migration.Operation
---@return string[]  statements, in order
function operations.render(operation)
  return BY_NAME[operation.name].render(operation.arguments, operation.options)
end

---The operation that takes this one back, or nil and why there is none. It needs no word: taking
---back is what `change` and the downgrade ask for.
---@param operation moonpool.migration.Operation
---@return moonpool.migration.Operation?
---@return string? reason
function operations.inverse(operation)
  local inverse, reason = BY_NAME[operation.name].inverse(operation.arguments, operation.options)
  if not inverse then return nil, reason end
  local options = { allow = { "all" } }
  for key, value in pairs(inverse.options or {}) do options[key] = options[key] or value end
  return {
    name = inverse.name,
    arguments = inverse.arguments,
    options = options,
    file = operation.file,
    line = operation.line,
  }
end

---A short line for a person: the operation and what it is about.
---@param operation moonpool.migration.Operation
---@return string
function operations.summary(operation)
  local words = {}
  for _, row in ipairs(BY_NAME[operation.name].arguments) do
    local value = operation.arguments[row[1]]
    if type(value) == "string" then words[#words + 1] = value end
  end
  return ("%s %s"):format(operation.name, table.concat(words, " "))
end

return operations
