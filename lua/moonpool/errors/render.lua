-- An error as text: what failed, where in the caller's Lua, the SQL, the detail, and one cure.
local excerpt = require "moonpool.errors.excerpt"
local redaction = require "moonpool.errors.redaction"
local text = require "moonpool.util.text"

local function indented(value)
  return (text.printable(value):gsub("\n", "\n   |  "))
end

local function head(err, message)
  local code = err.sqlstate and (" (%s)"):format(err.sqlstate) or ""
  return ("error[%s]: %s%s"):format(text.printable(err.kind), indented(message), code)
end

---@param err moonpool.Error
---@return string
return function(err)
  local message, detail = redaction(err)
  local lines = { head(err, message) }
  if err.where then lines[#lines + 1] = "  --> " .. text.printable(err.where) end
  if type(err.query) == "string" then
    for _, line in ipairs(excerpt.lines(err.query, err.position)) do
      lines[#lines + 1] = "   |  " .. line
    end
  end
  if detail then lines[#lines + 1] = "   |  " .. indented(detail) end
  lines[#lines + 1] = "hint: " .. indented(err.hint)
  return table.concat(lines, "\n")
end
