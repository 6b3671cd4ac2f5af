-- The text and the name of a new migration file.
local template = {}

local LONGEST_SLUG = 40

local TEXT = [=[
-- %s
local mp = require "moonpool"

return mp.migration {
  revision = %s,
%s  message = %s,

  upgrade = function(op)
  end,

  downgrade = function(op)
  end,
}
]=]

local function quoted(text)
  return (("%q"):format(text):gsub("\\\n", "\\n"))
end

local function down_revision(parents)
  if #parents == 0 then return "" end
  if #parents == 1 then return ("  down_revision = %s,\n"):format(quoted(parents[1])) end
  local names = {}
  for index, parent in ipairs(parents) do names[index] = quoted(parent) end
  return ("  down_revision = { %s },\n"):format(table.concat(names, ", "))
end

---@param id string
---@param parents string[]
---@param message string
---@return string
function template.text(id, parents, message)
  return TEXT:format(message:gsub("%c", " "), quoted(id), down_revision(parents), quoted(message))
end

---The file's name: the revision and what of the message fits a file name everywhere.
---@param id string
---@param message string
---@return string
function template.file_name(id, message)
  local slug = message:lower():gsub("[^%w]+", "_"):sub(1, LONGEST_SLUG)
  slug = slug:gsub("^_+", ""):gsub("_+$", "")
  if slug == "" then slug = "revision" end
  return ("%s_%s.lua"):format(id, slug)
end

return template
