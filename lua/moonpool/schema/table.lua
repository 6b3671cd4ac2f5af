-- A table as data: its columns, and every constraint and index with its name.
local column = require "moonpool.schema.column"
local constraint = require "moonpool.schema.constraint"
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"
local index = require "moonpool.schema.index"
local naming = require "moonpool.schema.naming"
local suggest = require "moonpool.util.suggest"

local schema_table = {}

---@class moonpool.schema.Table
---@field name string
---@field schema string?
---@field comment string?
---@field columns moonpool.schema.Column[]  in their order
---@field by_name table<string, moonpool.schema.Column>
---@field primary_key moonpool.schema.Constraint?
---@field uniques moonpool.schema.Constraint[]
---@field checks moonpool.schema.Constraint[]
---@field foreign_keys moonpool.schema.Constraint[]
---@field indexes moonpool.schema.Index[]
local Table = {}
Table.__index = Table
Table.__name = "moonpool.Table"

local function refuse(self, message, hint)
  errors.raise { kind = "bad_argument", message = ('table "%s": %s'):format(self.name, message),
    hint = hint, table = self.name }
end

-- A copy with a name, so that one declared object may stand in two tables.
local function named(item, name)
  local copy = {}
  for key, value in pairs(item) do copy[key] = value end
  copy.name = item.name or name
  return setmetatable(copy, getmetatable(item))
end

local function add_column(self, item)
  if self.by_name[item.name] then
    refuse(self, ('column "%s" stands twice'):format(item.name), "remove one of them")
  end
  self.columns[#self.columns + 1] = item
  self.by_name[item.name] = item
end

local function set_primary_key(self, item)
  if self.primary_key then refuse(self, "there are two primary keys", "name all columns in one") end
  self.primary_key = named(item, naming.primary_key(self.name))
end

local adders = { column = add_column, primary_key = set_primary_key }

function adders.unique(self, item)
  self.uniques[#self.uniques + 1] = named(item, naming.unique(self.name, item.columns))
end

function adders.check(self, item)
  self.checks[#self.checks + 1] = named(item, naming.table_check(self.name, item.expression))
end

function adders.foreign_key(self, item)
  local name = naming.foreign_key(self.name, item.columns, item.table)
  self.foreign_keys[#self.foreign_keys + 1] = named(item, name)
end

function adders.index(self, item)
  self.indexes[#self.indexes + 1] = named(item, naming.index(self.name, index.parts(item)))
end

local function add_of_column(self, item)
  if item.unique then adders.unique(self, constraint.unique { item.name }) end
  if item.index then adders.index(self, index.new { item.name }) end
  if item.check then
    local name = naming.column_check(self.name, item.name)
    adders.check(self, constraint.check(item.check, { name = name }))
  end
  local target = item.references
  if target then
    adders.foreign_key(self, constraint.foreign_key { item.name, name = target.name,
      table = target.table, schema = target.schema, target = { target.column },
      on_delete = target.on_delete, on_update = target.on_update, deferrable = target.deferrable })
  end
end

local function add_keys(self)
  local keys = {}
  for _, item in ipairs(self.columns) do
    if item.primary_key then keys[#keys + 1] = item.name end
  end
  if #keys > 0 then set_primary_key(self, constraint.primary_key(keys)) end
end

local function check_columns(self, names)
  for _, name in ipairs(names) do
    if type(name) == "string" and not self.by_name[name] then
      refuse(self, ('there is no column "%s"%s'):format(name, suggest.phrase(name, self.by_name)),
        "name a column of the table")
    end
  end
end

-- Constraints share their table's names, and indexes (also those of keys) their schema's.
local function check_names(self)
  local seen = {}
  for _, list in ipairs { { self.primary_key }, self.uniques, self.checks, self.foreign_keys,
    self.indexes } do
    for _, item in ipairs(list) do
      if seen[item.name] then
        refuse(self, ('"%s" is the name of two of its parts'):format(item.name),
          'give one of them another: name = "..."')
      end
      seen[item.name] = true
    end
  end
end

local function check(self)
  check_names(self)
  if self.primary_key then check_columns(self, self.primary_key.columns) end
  for _, list in ipairs { self.uniques, self.foreign_keys } do
    for _, item in ipairs(list) do check_columns(self, item.columns) end
  end
  for _, item in ipairs(self.indexes) do check_columns(self, item.elements) end
end

---@param name string
---@param items table[]  columns, constraints and indexes, in order
---@param options { schema: string?, comment: string? }?
---@return moonpool.schema.Table
function schema_table.new(name, items, options)
  local given = options or {}
  identifier.qualified(given.schema, name)
  local self = setmetatable({ name = name, schema = given.schema, comment = given.comment,
    columns = {}, by_name = {}, uniques = {}, checks = {}, foreign_keys = {}, indexes = {} }, Table)
  for at, item in ipairs(items) do
    local known = column.is_column(item) or constraint.is_constraint(item) or index.is_index(item)
    if not known then refuse(self, ("item %d is no column, constraint or index"):format(at)) end
    adders[item.kind](self, item)
  end
  add_keys(self)
  for _, item in ipairs(self.columns) do add_of_column(self, item) end
  check(self)
  return self
end

---@return string[]
function Table:column_names()
  local names = {}
  for at, item in ipairs(self.columns) do names[at] = item.name end
  return names
end

return schema_table
