-- A plain default of a column as an SQL literal: arrays, JSON, and what has a text.
local literal = require "moonpool.sql.literal"
local null = require "moonpool.null"
local type_name = require "moonpool.schema.type_name"

local function is_table(value)
  return type(value) == "table" and value ~= null
end

local function class_of(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "__name") or nil
end

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function json_string(value)
  return '"' .. value:gsub('[%c"\\]', function(byte)
    return ESCAPES[byte] or ("\\u%04x"):format(byte:byte())
  end) .. '"'
end

local to_json

local function json_list(value)
  local parts = {}
  for at, item in ipairs(value) do parts[at] = to_json(item) end
  return "[" .. table.concat(parts, ", ") .. "]"
end

local function json_object(value)
  local names, parts = {}, {}
  for name in next, value do names[#names + 1] = name end
  table.sort(names)
  for at, name in ipairs(names) do
    parts[at] = ("%s: %s"):format(json_string(name), to_json(value[name]))
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

function to_json(value)
  if value == null then return "null" end
  if type(value) == "string" then return json_string(value) end
  if not is_table(value) then
    local text = literal.quote(value)
    return text:match "^'(.*)'$" or text
  end
  local is_list = #value > 0 or class_of(value) == "moonpool.list"
  return is_list and json_list(value) or json_object(value)
end

local to_array

local function array_item(value)
  if value == null then return "NULL" end
  if is_table(value) and class_of(value) ~= "moonpool.range" then return to_array(value) end
  return '"' .. tostring(value):gsub('["\\]', "\\%0") .. '"'
end

function to_array(value)
  local parts = {}
  for at, item in ipairs(value) do parts[at] = array_item(item) end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function to_hstore(value)
  local names, parts = {}, {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names)
  for at, name in ipairs(names) do
    local item = value[name] == null and "NULL" or json_string(value[name])
    parts[at] = json_string(name) .. "=>" .. item
  end
  return table.concat(parts, ",")
end

local WRITERS = { json = to_json, jsonb = to_json, hstore = to_hstore }

-- An array of JSON has its elements as JSON texts.
local function array_of_json(value)
  local parts = {}
  for at, item in ipairs(value) do parts[at] = item == null and null or to_json(item) end
  return to_array(parts)
end

-- bytea by its digits, for which no byte is special.
local function to_bytes(value)
  return "'\\x" .. value:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end) .. "'"
end

local function table_text(value, read, write)
  if read.dimensions == 0 then return write and write(value) or to_array(value) end
  return write and array_of_json(value) or to_array(value)
end

---@param value any  no expression
---@param type_sql string
---@return string
return function(value, type_sql)
  if value == null then return "null" end
  local read = type_name.read(type_sql)
  local write = WRITERS[read.base]
  if is_table(value) and class_of(value) ~= "moonpool.range" then
    return literal.quote(table_text(value, read, write))
  end
  if read.dimensions > 0 then return literal.quote(value) end
  if read.base == "bytea" then return to_bytes(value) end
  return write == to_json and literal.quote(to_json(value)) or literal.quote(value)
end
