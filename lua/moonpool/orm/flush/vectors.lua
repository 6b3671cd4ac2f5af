-- How the values of a column travel for many rows: as an array, as one JSON array, or as texts of
-- arrays, which unnest would take apart. Where none of that fits, rows are sent one by one; pure.
local columns = require "moonpool.orm.flush.columns"
local column_module = require "moonpool.schema.column"
local null = require "moonpool.null"

local vectors = {}

---@class moonpool.orm.flush.Vector
---@field element string?  the type of the array's elements; nil: documents in one JSON array
---@field cast string?  what each element is made into

local DOCUMENTS = {}

-- Elements whose text in an array's is plain to write.
local TEXTS = {}
for name in ("text citext varchar name uuid int2 int4 int8 bool"):gmatch "%S+" do
  TEXTS[name] = true
end

local function make(one)
  local element = columns.element(one)
  if element then return { element = element } end
  local type_sql = column_module.type_of(one.item)
  if type_sql == "jsonb" then return DOCUMENTS end
  local of = type_sql and type_sql:match "^(%w+)%[%]$"
  return of and TEXTS[of] and { element = "text", cast = type_sql } or nil
end

---@param one moonpool.orm.flush.Column
---@return moonpool.orm.flush.Vector?  nil: its values cannot travel together
function vectors.of(one)
  if one.vector == nil then one.vector = make(one) or false end
  return one.vector or nil
end

local function quoted(text)
  return '"' .. text:gsub('["\\]', "\\%0") .. '"'
end

local WRITERS = { string = quoted, boolean = tostring }

-- As the server reads an array; nil for what has more to it: dimensions, bounds, other values.
local function array_text(list)
  if type(list) ~= "table" or list.lower ~= nil then return nil end
  local texts = {}
  for at, item in ipairs(list) do
    local writer = WRITERS[type(item)] or math.type(item) == "integer" and tostring
    texts[at] = item == null and "NULL" or writer and writer(item)
    if not texts[at] then return nil end
  end
  return "{" .. table.concat(texts, ",") .. "}"
end

-- JSON null would come back as NULL, and ready JSON does not nest.
local function is_document(item)
  return item == null or type(item) ~= "userdata"
end

local function texts_of(list)
  local texts = {}
  for at, item in ipairs(list) do
    texts[at] = item == null and null or array_text(item)
    if not texts[at] then return nil end
  end
  return texts
end

---The values as one parameter; nil where one of them does not fit.
---@param vector moonpool.orm.flush.Vector
---@param list any[]  mp.null for NULL
---@return any[]?
function vectors.pack(vector, list)
  if vector.cast then return texts_of(list) end
  if vector ~= DOCUMENTS then return list end
  for _, item in ipairs(list) do
    if not is_document(item) then return nil end
  end
  return list
end

---@return boolean  whether each is an array of its own, which unnest takes as it is
local function are_plain(list)
  for _, vector in ipairs(list) do
    if vector.cast or not vector.element then return false end
  end
  return true
end

vectors.are_plain = are_plain

---@param list moonpool.orm.flush.Vector[]  of the parameters, in their order
---@param names string[]  a column for each
---@return string  a table function of them
---@return string[]  its columns
function vectors.source(list, names)
  local arrays, calls, ordered, documents = {}, {}, {}, {}
  for at, vector in ipairs(list) do
    if vector.element then
      arrays[#arrays + 1] = ("$%d::%s[]"):format(at, vector.element)
      ordered[#ordered + 1] = names[at]
    else
      calls[#calls + 1] = ("jsonb_array_elements($%d::jsonb)"):format(at)
      documents[#documents + 1] = names[at]
    end
  end
  local unnest = ("unnest(%s)"):format(table.concat(arrays, ", "))
  if #calls == 0 then return unnest, ordered end
  if #arrays > 0 then table.insert(calls, 1, unnest) end
  return ("rows from (%s)"):format(table.concat(calls, ", ")),
    table.move(documents, 1, #documents, #ordered + 1, ordered)
end

---@param vector moonpool.orm.flush.Vector
---@param text string  its column of the table function
---@return string  the value
function vectors.value(vector, text)
  if vector.cast then return ("%s::%s"):format(text, vector.cast) end
  return vector.element and text or ("nullif(%s, 'null'::jsonb)"):format(text)
end

return vectors
