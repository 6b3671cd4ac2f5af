-- `embedded { c.text "street", ... }`: values with fields and methods that live in a jsonb column.
local column = require "moonpool.schema.column"
local errors = require "moonpool.errors"
local json_form = require "moonpool.orm.json_form"
local null = require "moonpool.null"
local suggest = require "moonpool.util.suggest"
local value_check = require "moonpool.schema.value_check"

local embedded = {}

---@class moonpool.orm.Embedded  called with a table it makes a value
---@field fields moonpool.schema.Column[]
---@field by_name table<string, moonpool.schema.Column>
---@field methods table<string, function>
---@field meta table  the metatable of its values
local Embedded = { __name = "moonpool.Embedded" }
Embedded.__index = Embedded

local function refuse(kind, message, hint)
  errors.raise { kind = kind, message = message, hint = hint }
end

local function check_item(item, at)
  if not column.is_column(item) then
    refuse("bad_argument", ("mp.embedded: item %d is no column"):format(at), 'c.text "street"')
  end
  for _, name in ipairs { "primary_key", "unique", "index", "identity", "generated", "references",
    "check", "deferred" } do
    if item[name] then
      refuse("bad_argument", ('mp.embedded: field "%s" cannot have %s'):format(item.name, name),
        "a field inside a document is no column of the table")
    end
  end
end

local function refuse_field(self, name, kind, place)
  refuse(kind, ('%s has no field "%s"%s'):format(place, tostring(name),
    suggest.phrase(name, self.by_name)), "its fields are: " .. table.concat(self.names, ", "))
end

local function check_names(self, value, kind, place)
  for name in pairs(value) do
    if not self.by_name[name] then refuse_field(self, name, kind, place) end
  end
end

local function initial(item)
  if type(item.generate) == "function" then return item.generate() end
  if not column.has_plain_default(item) then return nil end
  if type(item.default) ~= "table" then return item.default end
  return setmetatable({}, getmetatable(item.default))
end

---A value of the shape; its defaults are in it at once.
---@param given table<string, any>
---@return table
function Embedded:__call(given)
  if type(given) ~= "table" then
    refuse("bad_argument", "an embedded value is made of a table", 'Address { street = "x" }')
  end
  check_names(self, given, "bad_argument", "the embedded value")
  local made = {}
  for name, value in pairs(given) do made[name] = value end
  for _, item in ipairs(self.fields) do
    if made[item.name] == nil then made[item.name] = initial(item) end
  end
  return setmetatable(made, self.meta)
end

---What the server gave, as a value; the table itself is taken over.
---@param document table
---@return table
function Embedded:load(document)
  if type(document) ~= "table" then return document end
  for _, item in ipairs(self.fields) do
    local value = document[item.name]
    if value == null then value = nil end
    if value ~= nil then
      value = self.readers[item.name](value)
      if item.load then value = item.load(value) end
    end
    document[item.name] = value
  end
  return setmetatable(document, self.meta)
end

-- A plain table may be without what has a default.
local function dump_field(self, item, value, place)
  local own_place = place .. "." .. item.name
  if value == nil then value = initial(item) end
  if value ~= nil and value ~= null and item.dump then value = item.dump(value, own_place) end
  local message, hint = self.checks[item.name](value == nil and null or value)
  if message then refuse("invalid", ("%s: %s"):format(own_place, message), hint) end
  if value == nil or value == null then return nil end
  return self.writers[item.name](value)
end

---The plain document that is stored; raises `invalid`, naming the field.
---@param value table
---@param place string  what it is a field of
---@return table
function Embedded:dump(value, place)
  if type(value) ~= "table" or value == null then
    refuse("invalid", ("%s: it is made of a table, not of a %s"):format(place, type(value)),
      "give a value of its shape")
  end
  check_names(self, value, "invalid", place)
  local document = {}
  for _, item in ipairs(self.fields) do
    document[item.name] = dump_field(self, item, rawget(value, item.name), place)
  end
  return json_form.object(document)
end

local function dump_list(self, list, place)
  local documents = {}
  for at, value in ipairs(list) do
    documents[at] = self:dump(value, ("%s[%d]"):format(place, at))
  end
  return json_form.list(documents)
end

local function load_list(self, documents)
  for at, document in ipairs(documents) do documents[at] = self:load(document) end
  return documents
end

local function column_options(name, given)
  local options = {}
  for key, value in pairs(given or {}) do options[key] = value end
  options.many = nil
  for _, own in ipairs { "load", "dump" } do
    if options[own] then
      refuse("bad_argument", ('column "%s": an embedded value has its own %s'):format(name, own),
        "give it to the shape's fields")
    end
  end
  return options
end

local KINDS = { [true] = { load = load_list, dump = dump_list } }

-- The shape's part of `c.embed`.
function Embedded.embed(self, name, given)
  local options = column_options(name, given)
  local kind = KINDS[given and given.many or false] or self
  options.load = function(document) return kind.load(self, document) end
  options.dump = function(value, place) return kind.dump(self, value, place or name) end
  local made = column.new(name, "jsonb", options)
  made.embedded = self
  return made
end

---@param items table  columns: names, types, `null`, `default`, `load` and `dump` of the fields
---@return moonpool.orm.Embedded
function embedded.new(items)
  if type(items) ~= "table" or #items == 0 then
    refuse("bad_argument", "mp.embedded names no field", 'mp.embedded { c.text "street" }')
  end
  local self = setmetatable({ fields = {}, by_name = {}, names = {}, methods = {}, checks = {},
    readers = {}, writers = {} }, Embedded)
  for at, item in ipairs(items) do
    check_item(item, at)
    local name = item.name
    self.fields[at], self.by_name[name], self.names[at] = item, item, name
    self.checks[name], self.readers[name], self.writers[name] = value_check.of(item),
      json_form.reader(item), json_form.writer(item)
  end
  self.meta = { __index = self.methods, __name = "moonpool.embedded", is_embedded = true }
  return self
end

return embedded
