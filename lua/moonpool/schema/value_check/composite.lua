-- Values of composite types: tables by field, each checked as its field says.
local kind = require "moonpool.schema.value_check.kind"
local null = require "moonpool.null"
local suggest = require "moonpool.util.suggest"
local text = require "moonpool.schema.value_check.text"

local function at(name, message, hint)
  local inner, path = message:match "^(.*) at path (.*)$"
  return ("%s at path .%s%s"):format(inner or message, name, path or ""), hint
end

---@param checks table<string, moonpool.schema.Check>  by field; NULL is left out of it
---@param names table<string, true>
---@return moonpool.schema.Check
return function(checks, names)
  return function(value)
    if type(value) == "string" then return text.refusal(value) end
    if type(value) ~= "table" then
      return kind.mismatch(value, "a composite"), "give a table of its fields"
    end
    for name, item in pairs(value) do
      if not checks[name] then
        return "it has no field of this name" .. suggest.phrase(name, names), "name its fields"
      end
      local message, hint
      if item ~= null then message, hint = checks[name](item) end
      if message then return at(name, message, hint) end
    end
  end
end
