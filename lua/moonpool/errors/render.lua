-- An error as text: what failed, where in the caller's Lua, the SQL, the detail, and one cure.
local excerpt = require "moonpool.errors.excerpt"
local text = require "moonpool.util.text"

local function indented(value)
  return (text.printable(value):gsub("\n", "\n   |  "))
end

-- Servers quote the offending data in these places; data may be secret, so it is left out.
local function without_data(err)
  local message, detail, class = err.message, err.detail, (err.sqlstate or ""):sub(1, 2)
  if class == "22" then
    message = message:gsub('"[^\n]*"', '"<hidden>"')
    detail = detail and detail:gsub('"[^\n]*"', '"<hidden>"')
  end
  if detail and (class == "22" or class == "23") then
    detail = detail:gsub("%)=%([^\n]*%)", ")=(<hidden>)")
    detail = detail:gsub("contains %(.*%)", "contains (<hidden>)")
  end
  return message, detail
end

local function head(err, message)
  local code = err.sqlstate and (" (%s)"):format(err.sqlstate) or ""
  return ("error[%s]: %s%s"):format(text.printable(err.kind), indented(message), code)
end

---@param err moonpool.Error
---@return string
return function(err)
  local message, detail = without_data(err)
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
