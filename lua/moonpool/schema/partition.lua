-- A partition as data: of which table, for which rows, and what it has beside its parent's parts.
local column = require "moonpool.schema.column"
local constraint = require "moonpool.schema.constraint"
local given_module = require "moonpool.schema.given"
local index = require "moonpool.schema.index"
local naming = require "moonpool.schema.naming"
local object = require "moonpool.schema.object"
local partition_key = require "moonpool.schema.partition_key"
local qualified = require "moonpool.schema.qualified"

local partition = {}

local ROWS = {
  { name = "of", kind = "string", required = true, doc = "the partitioned table" },
  { name = "from", kind = "any", doc = "of a range: its lower bound, which is in it" },
  { name = "to", kind = "any", doc = "of a range: its upper bound, which is not in it" },
  { name = "values", kind = "table", doc = "of a list" },
  { name = "modulus", kind = "integer", min = 1, doc = "of a hash" },
  { name = "remainder", kind = "integer", min = 0, doc = "of a hash" },
  { name = "default", kind = "boolean", default = false, doc = "for rows that no other takes" },
  { name = "partition", kind = "table", doc = "by what it is partitioned itself" },
  { name = "with", kind = "settings", doc = "storage parameters" },
  { name = "tablespace", kind = "string" },
  { name = "unlogged", kind = "boolean", default = false },
  { name = "row_security", kind = "any", doc = "as of a table" },
}

local function as_list(value)
  local is_list = type(value) == "table" and getmetatable(value) == nil
  return is_list and value or { value }
end

local function bounds_of(self)
  return {
    range = self.from ~= nil and self.to ~= nil, list = self.values ~= nil,
    hash = self.modulus ~= nil and self.remainder ~= nil, default = self.default or nil,
  }
end

local function set_bounds(what, self)
  local found
  for kind, is_given in pairs(bounds_of(self)) do
    if is_given and found then
      given_module.refuse(what, "its bounds exclude each other",
        "give from and to, or values, or modulus and remainder, or default")
    end
    found = is_given and kind or found
  end
  if not found then
    given_module.refuse(what, "it has no bounds",
      'from = "2026-01-01", to = "2027-01-01"; values = {...}; modulus =, remainder =; default')
  end
  if found == "range" then self.from, self.to = as_list(self.from), as_list(self.to) end
  if found == "hash" and self.remainder >= self.modulus then
    given_module.refuse(what, "its remainder is not below its modulus", "remainders begin at 0")
  end
  self.bounds = found
end

-- A copy with a name: the same declaration may stand in several partitions.
local function named(item, name)
  local copy = {}
  for key, value in pairs(item) do copy[key] = value end
  copy.name = item.name or name
  return setmetatable(copy, getmetatable(item))
end

local function name_of(self, item)
  if item.kind == "check" then return naming.table_check(self.name, item.expression) end
  if item.kind == "primary_key" then return naming.primary_key(self.name) end
  if item.kind == "unique" then return naming.unique(self.name, item.columns) end
  if item.kind == "foreign_key" then
    return naming.foreign_key(self.name, item.columns, item.table)
  end
  if item.kind == "exclude" then return naming.exclude(self.name, index.parts(item)) end
  return naming.index(self.name, index.parts(item))
end

-- A column says its default and whether it may be null, where the parent says otherwise.
local REFUSED = { "identity", "generated", "references", "primary_key", "unique", "index", "check" }

local function check_column(what, item)
  for _, key in ipairs(REFUSED) do
    if item[key] then
      given_module.refuse(what, ('its column "%s" has %s'):format(item.name, key),
        "it has a default, null and a comment; give constraints and indexes on their own")
    end
  end
end

local function read_parts(what, self, list)
  self.columns, self.constraints, self.indexes = {}, {}, {}
  for at, item in ipairs(list) do
    if column.is_column(item) then
      check_column(what, item)
      self.columns[#self.columns + 1] = item
    else
      local group = constraint.is_constraint(item) and self.constraints
        or index.is_index(item) and self.indexes
      if not group then
        given_module.refuse(what, ("its item %d is no column, constraint or index"):format(at),
          'mp.index { "kind" }')
      end
      group[#group + 1] = named(item, name_of(self, item))
    end
  end
end

---@param name string
---@param given table  `of`, and `from` and `to`, `values`, `modulus` and `remainder`, or `default`;
---  constraints and indexes of its own in the list, and columns that differ from the parent's
---@return moonpool.schema.Object
function partition.new(name, given)
  local what = object.what("partition", name)
  local list, rest = given_module.split(given)
  local self = object.new("partition", name, rest, ROWS)
  set_bounds(what, self)
  self.partition = partition_key.read(what, self.partition)
  local schema, parent = qualified.split(self.of)
  self.of, self.of_schema = parent, schema or self.schema
  given_module.check_name(what .. ", of", parent)
  read_parts(what, self, list)
  return self
end

return partition
