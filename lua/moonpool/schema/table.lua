-- A table as data: its columns, and every constraint and index with its name.
local column = require "moonpool.schema.column"
local constraint = require "moonpool.schema.constraint"
local element = require "moonpool.schema.element"
local given_module = require "moonpool.schema.given"
local identifier = require "moonpool.sql.identifier"
local index = require "moonpool.schema.index"
local naming = require "moonpool.schema.naming"
local object = require "moonpool.schema.object"
local reference = require "moonpool.schema.reference"
local table_check = require "moonpool.schema.table_check"
local table_options = require "moonpool.schema.table_options"

local schema_table = {}

---@class moonpool.schema.Table
---@field kind "table"
---@field name string
---@field schema string?
---@field comment string?
---@field columns moonpool.schema.Column[]  in their order
---@field by_name table<string, moonpool.schema.Column>
---@field primary_key moonpool.schema.Constraint?
---@field uniques moonpool.schema.Constraint[]
---@field checks moonpool.schema.Constraint[]
---@field foreign_keys moonpool.schema.Constraint[]
---@field exclusions moonpool.schema.Constraint[]
---@field indexes moonpool.schema.Index[]
---@field attached moonpool.schema.Object[]  its triggers, policies and grants
---@field partition moonpool.schema.PartitionKey?
---@field row_security (boolean | "force")?
local Table = {}
Table.__index = Table
Table.__name = "moonpool.Table"

local function refuse(self, message, hint)
  given_module.refuse(('table "%s"'):format(self.name), message, hint)
end

-- A copy with a name, so that one declared object may stand in two tables.
local function named(item, name)
  local copy = {}
  for key, value in pairs(item) do copy[key] = value end
  copy.name = item.name or name
  return setmetatable(copy, getmetatable(item))
end

local function append(list, item)
  list[#list + 1] = item
end

local function add_column(self, item)
  if self.by_name[item.name] then
    refuse(self, ('column "%s" stands twice'):format(item.name), "remove one of them")
  end
  append(self.columns, item)
  self.by_name[item.name] = item
end

local function set_primary_key(self, item)
  if self.primary_key then refuse(self, "there are two primary keys", "name all columns in one") end
  self.primary_key = named(item, naming.primary_key(self.name))
end

local adders = { column = add_column, primary_key = set_primary_key }

function adders.unique(self, item)
  append(self.uniques, named(item, naming.unique(self.name, item.columns)))
end

function adders.check(self, item)
  append(self.checks, named(item, naming.table_check(self.name, item.expression)))
end

function adders.foreign_key(self, item)
  append(self.foreign_keys, named(item, naming.foreign_key(self.name, item.columns, item.table)))
end

function adders.exclude(self, item)
  append(self.exclusions, named(item, naming.exclude(self.name, element.parts(item.elements))))
end

function adders.index(self, item)
  append(self.indexes, named(item, naming.index(self.name, index.parts(item))))
end

-- A trigger, policy or grant that stands in the declaration is of this table.
local function attach(self, item)
  local copy = named(item, item.name)
  copy.schema = self.schema
  if item.kind == "grant" then copy.on = self.name else copy.table = self.name end
  append(self.attached, copy)
  if item.kind == "policy" and self.row_security == nil then self.row_security = true end
end

adders.trigger, adders.policy, adders.grant = attach, attach, attach

local function add_of_column(self, item)
  if item.unique then adders.unique(self, constraint.unique { item.name }) end
  if item.index then adders.index(self, index.new { item.name }) end
  if item.check then
    local name = naming.column_check(self.name, item.name)
    adders.check(self, constraint.check(item.check, { name = name }))
  end
  if item.references then
    adders.foreign_key(self, reference.constraint(item.name, item.references))
  end
end

local function add_keys(self)
  local keys = {}
  for _, item in ipairs(self.columns) do
    if item.primary_key then keys[#keys + 1] = item.name end
  end
  if #keys > 0 then set_primary_key(self, constraint.primary_key(keys)) end
end

local function is_part(item)
  return column.is_column(item) or constraint.is_constraint(item) or index.is_index(item)
    or object.is_object(item) and adders[item.kind] ~= nil
end

local LISTS = { "columns", "by_name", "uniques", "checks", "foreign_keys", "exclusions", "indexes",
  "attached" }

---@param name string
---@param items table[]  columns, constraints, indexes, triggers, policies and grants, in order
---@param options table?  see table_options
---@return moonpool.schema.Table
function schema_table.new(name, items, options)
  identifier.qualified((options or {}).schema, name)
  local self = table_options.read(('table "%s"'):format(name), options or {})
  self.kind, self.name = "table", name
  for _, list in ipairs(LISTS) do self[list] = {} end
  setmetatable(self, Table)
  for at, item in ipairs(items) do
    if not is_part(item) then
      refuse(self, ("item %d is no column, constraint or index"):format(at),
        'c.text "name", mp.unique { "name" }, mp.index { "name" }')
    end
    adders[item.kind](self, item)
  end
  add_keys(self)
  for _, item in ipairs(self.columns) do add_of_column(self, item) end
  table_check.run(self)
  return self
end

---@return boolean
function schema_table.is_table(value)
  return getmetatable(value) == Table
end

local function is_of(columns, names)
  if #columns ~= #names then return false end
  local wanted = {}
  for _, name in ipairs(names) do wanted[name] = true end
  for _, name in ipairs(columns) do
    if not wanted[name] then return false end
  end
  return true
end

-- An expression is no column, and equals no name.
local function columns_of(item)
  local columns = {}
  for at, one in ipairs(item.elements) do columns[at] = one.column or false end
  return columns
end

---@param names string[]
---@return string?  SQL of the rows among which the columns are unique; nil where a constraint says
---  so of all rows, or nothing says so
function Table:unique_where(names)
  for _, item in ipairs({ self.primary_key, table.unpack(self.uniques) }) do
    if is_of(item.columns, names) then return nil end
  end
  for _, item in ipairs(self.indexes) do
    local is_partial = item.unique and item.where
    if is_partial and is_of(columns_of(item), names) then return item.where end
  end
end

---@return string[]
function Table:column_names()
  local names = {}
  for at, item in ipairs(self.columns) do names[at] = item.name end
  return names
end

---@return moonpool.schema.Column[]  without those that every table has, or another one
function Table:declared_columns()
  local list = {}
  for _, item in ipairs(self.columns) do
    if not item.system and not item.is_borrowed then append(list, item) end
  end
  return list
end

---@return moonpool.schema.Constraint[]  in the order of a declaration
function Table:constraints()
  local list = { self.primary_key }
  for _, group in ipairs { self.uniques, self.checks, self.exclusions, self.foreign_keys } do
    table.move(group, 1, #group, #list + 1, list)
  end
  return list
end

---@return table[]  constraints and indexes
function Table:parts()
  local list = self:constraints()
  return table.move(self.indexes, 1, #self.indexes, #list + 1, list)
end

return schema_table
