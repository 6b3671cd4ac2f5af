-- The arguments of a function as they tell it apart from others of its name: without defaults.
local sql_scan = require "moonpool.schema.sql_scan"

local func_arguments = {}

local function without_default(argument)
  local start = sql_scan.find(argument, "%s+[dD][eE][fF][aA][uU][lL][tT]%s")
    or sql_scan.find(argument, "%s*=")
  return start and argument:sub(1, start - 1) or argument
end

---@param text string
---@return string
function func_arguments.identity(text)
  local parts = sql_scan.split(text)
  for at, argument in ipairs(parts) do parts[at] = without_default(argument) end
  return table.concat(parts, ", ")
end

return func_arguments
