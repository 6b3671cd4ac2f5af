-- How a column's values stand in a JSON document: what JSON has no form for is text there; pure.
local null = require "moonpool.null"

local json_form = {}

-- Stock Lua has neither marks nor values of time.
local function core()
  local loaded = package.loaded["moonpool.core"]
  return type(loaded) == "table" and loaded or nil
end

-- What JSON has no form for is kept as text, and read again as what it was.
local TEXT_TYPES = { timestamptz = "timestamp", timestamp = "timestamp", date = "date",
  time = "time", timetz = "time", interval = "interval" }

local function same(value) return value end

local function base_of(item)
  return item.type:match "^%a[%w_]*", item.type:find "%]$" ~= nil
end

local function element_reader(base)
  local class = TEXT_TYPES[base] or base == "numeric" and "decimal"
  if not class then return same end
  return function(value)
    local make = core() and core()[class]
    local is_written = type(value) == "string" or class == "decimal" and type(value) == "number"
    return make and is_written and make(value) or value
  end
end

local function of_list(fn)
  return function(list)
    local made = {}
    for at, value in ipairs(list) do made[at] = value == null and null or fn(value) end
    local mark = core() and core().list
    return mark and mark(made) or made
  end
end

---@param item moonpool.schema.Column
---@return fun(value: any): any  from the document
function json_form.reader(item)
  local base, is_array = base_of(item)
  local reader = element_reader(base)
  return is_array and of_list(reader) or reader
end

---An empty list is no empty object.
---@param item moonpool.schema.Column
---@return fun(value: any): any  for the document
function json_form.writer(item)
  local base, is_array = base_of(item)
  local writer = TEXT_TYPES[base] and tostring or same
  return is_array and of_list(writer) or writer
end

---@param document table
---@return table  the same, as an object also where it is empty
function json_form.object(document)
  local mark = core() and core().map
  return mark and mark(document) or document
end

---@param documents table[]
---@return table[]  the same, as a list also where it is empty
function json_form.list(documents)
  local mark = core() and core().list
  return mark and mark(documents) or documents
end

return json_form
