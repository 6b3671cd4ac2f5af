-- Many objects of a model looked at in one go; pure. The core does the same in C (`objects`): what
-- is said here is what both do.
local null = require "moonpool.null"

local objects = {}

---@param list integer  how many values will be in it as in a list
---@param hash integer  and how many otherwise
---@return table  an empty one, with room for them in C
function objects.room(list, hash) -- luacheck: no unused args
  return {}
end

---@param list table[]
---@return table?  the metatable that all of them have
function objects.metatable(list)
  local first = list[1] and getmetatable(list[1])
  for _, object in ipairs(list) do
    if getmetatable(object) ~= first then return nil end
  end
  return first
end

---@param map table<any, any>
---@param keys any[]
---@return table[]?  the value of each key; nil where one of them is no table
function objects.tables_of(map, keys)
  local tables = {}
  for at, key in ipairs(keys) do
    local value = rawget(map, key)
    if type(value) ~= "table" then return nil end
    tables[at] = value
  end
  return tables
end

---@param object table
---@param names string[]
---@return table | false  those fields of it; false where one is a table or NULL
function objects.copy(object, names)
  local copy = {}
  for _, name in ipairs(names) do
    local value = rawget(object, name)
    if value == null or type(value) == "table" then return false end
    copy[name] = value
  end
  return copy
end

---@param list table[]
---@param names string[]
---@return (table | false)[]  those fields of each object; false where one is a table or NULL
function objects.copies(list, names)
  local copies = {}
  for at, object in ipairs(list) do copies[at] = objects.copy(object, names) end
  return copies
end

local function is_holding(object, columns)
  for name in next, object do
    if columns[name] == nil then return true end
  end
  return false
end

---@param list table[]
---@param columns table<string, any>
---@return table[]  the objects that have a field whose name is no key of `columns`
function objects.holding(list, columns)
  local found = {}
  for _, object in ipairs(list) do
    if is_holding(object, columns) then found[#found + 1] = object end
  end
  return found
end

---@class moonpool.orm.Summary  of one field of many objects
---@field values any[]  of each object; NULL where it has none
---@field kind "none" | "integer" | "number" | "text" | "boolean" | "userdata" | "other"  what all
---  are that have a value; a text is UTF-8 without NUL
---@field absent integer  how many have no such field
---@field nulls integer  how many have no value
---@field low integer?  the least of the integers among them
---@field high integer?

local function is_text(value)
  return not value:find("\0", 1, true) and utf8.len(value) ~= nil
end

local function kind_of(value)
  local kind = type(value)
  if kind == "string" then return is_text(value) and "text" or "other" end
  if kind == "number" then return math.type(value) == "integer" and "integer" or "number" end
  return (kind == "boolean" or kind == "userdata") and kind or "other"
end

local NUMBERS = { integer = true, number = true }

local function joined(before, now)
  if before == "none" or before == now then return now end
  return NUMBERS[before] and NUMBERS[now] and "number" or "other"
end

local function note(summary, value)
  local kind = kind_of(value)
  summary.kind = joined(summary.kind, kind)
  if kind ~= "integer" then return end
  summary.low = math.min(summary.low or value, value)
  summary.high = math.max(summary.high or value, value)
end

local function summary_of(list, name)
  local summary = { values = {}, kind = "none", absent = 0, nulls = 0 }
  for at, object in ipairs(list) do
    local value = rawget(object, name)
    if value == nil then
      summary.absent, value = summary.absent + 1, null
    end
    summary.values[at] = value
    if value == null then summary.nulls = summary.nulls + 1 else note(summary, value) end
  end
  return summary
end

---@param list table[]
---@param names string[]
---@return moonpool.orm.Summary[]  of each name
function objects.survey(list, names)
  local summaries = {}
  for at, name in ipairs(names) do summaries[at] = summary_of(list, name) end
  return summaries
end

return objects
