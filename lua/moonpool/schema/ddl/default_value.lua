-- A plain default of a column as an SQL literal: arrays, JSON, and what has a text.
local array_text = require "moonpool.schema.array_text"
local json_text = require "moonpool.schema.json_text"
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

local function to_hstore(value)
  local names, parts = {}, {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names)
  for at, name in ipairs(names) do
    local item = value[name] == null and "NULL" or json_text.string(value[name])
    parts[at] = json_text.string(name) .. "=>" .. item
  end
  return table.concat(parts, ",")
end

local WRITERS = { json = json_text.of, jsonb = json_text.of, hstore = to_hstore }

-- bytea by its digits, for which no byte is special.
local function to_hex(value)
  return "\\x" .. value:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)
end

-- What stands in an array for a value of these types.
local ELEMENTS = { json = json_text.of, jsonb = json_text.of, hstore = to_hstore, bytea = to_hex }

local function array_of(value, write)
  if not write then return array_text(value) end
  local parts = { lower = value.lower }
  for at, item in ipairs(value) do parts[at] = item == null and null or write(item) end
  return array_text(parts)
end

local function table_text(value, read)
  if read.dimensions > 0 then return array_of(value, ELEMENTS[read.base]) end
  return (WRITERS[read.base] or array_text)(value)
end

---@param value any  no expression
---@param type_sql string
---@return string
return function(value, type_sql)
  if value == null then return "null" end
  local read = type_name.read(type_sql)
  if is_table(value) and class_of(value) ~= "moonpool.range" then
    return literal.quote(table_text(value, read))
  end
  if read.dimensions > 0 then return literal.quote(value) end
  if read.base == "bytea" then return "'" .. to_hex(value) .. "'" end
  return literal.quote(WRITERS[read.base] == json_text.of and json_text.of(value) or value)
end
