-- JSON as a text, for DDL; names in their order, so that the same value gives the same text.
local literal = require "moonpool.sql.literal"
local null = require "moonpool.null"

local json_text = {}

local function is_table(value)
  return type(value) == "table" and value ~= null
end

local function class_of(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "__name") or nil
end

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

function json_text.string(value)
  return '"' .. value:gsub('[%c"\\]', function(byte)
    return ESCAPES[byte] or ("\\u%04x"):format(byte:byte())
  end) .. '"'
end

local function json_list(value)
  local parts = {}
  for at, item in ipairs(value) do parts[at] = json_text.of(item) end
  return "[" .. table.concat(parts, ", ") .. "]"
end

local function json_object(value)
  local names, parts = {}, {}
  for name in next, value do names[#names + 1] = name end
  table.sort(names)
  for at, name in ipairs(names) do
    parts[at] = ("%s: %s"):format(json_text.string(name), json_text.of(value[name]))
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

---@param value any
---@return string
function json_text.of(value)
  if value == null then return "null" end
  if type(value) == "string" then return json_text.string(value) end
  if not is_table(value) then
    local text = literal.quote(value)
    return text:match "^'(.*)'$" or text
  end
  local is_list = #value > 0 or class_of(value) == "moonpool.list"
  return is_list and json_list(value) or json_object(value)
end

return json_text
