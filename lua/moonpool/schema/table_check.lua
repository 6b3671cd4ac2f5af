-- Whether a table's parts fit together: names told apart, columns that exist, keys of partitions.
local element = require "moonpool.schema.element"
local given_module = require "moonpool.schema.given"
local suggest = require "moonpool.util.suggest"

local table_check = {}

local function what_of(self)
  return ('table "%s"'):format(self.name)
end

---@param self moonpool.schema.Table
---@param names string[]
local function check_columns(self, names)
  -- Columns of the tables that it inherits are not known here.
  if self.inherits then return end
  for _, name in ipairs(names) do
    if not self.by_name[name] then
      given_module.refuse(what_of(self),
        ('there is no column "%s"%s'):format(name, suggest.phrase(name, self.by_name)),
        "name a column of the table")
    end
  end
end

local function check_unlike(self, names, what)
  local seen = {}
  for _, name in ipairs(names) do
    if seen[name] then
      given_module.refuse(what_of(self), ('"%s" stands twice in %s'):format(name, what),
        "remove one of them")
    end
    seen[name] = true
  end
end

-- Constraints share their table's names, and indexes (also those of keys) their schema's.
local function check_names(self)
  local seen = {}
  for _, item in ipairs(self:parts()) do
    if seen[item.name] then
      given_module.refuse(what_of(self), ('"%s" is the name of two of its parts'):format(item.name),
        'give one of them another: name = "..."')
    end
    given_module.check_name(what_of(self), item.name)
    seen[item.name] = true
  end
end

-- The server keeps a partitioned table unique within each partition, so the key is part of it.
local function check_partition_key(self, item)
  if not self.partition or not (item.kind == "primary_key" or item.kind == "unique") then return end
  local own = {}
  for _, name in ipairs(item.columns) do own[name] = true end
  for _, part in ipairs(self.partition.elements) do
    if not part.column or not own[part.column] then
      given_module.refuse(what_of(self),
        ('"%s" does not have all of the partition key'):format(item.name),
        "a unique key of a partitioned table has each column of its partition key")
    end
  end
end

local function check_part(self, item)
  local columns = item.columns or item.elements and element.columns(item.elements) or {}
  check_columns(self, columns)
  check_columns(self, item.include or {})
  if item.columns then check_unlike(self, columns, ('"%s"'):format(item.name)) end
  check_partition_key(self, item)
end

local function check_primary_columns(self)
  for _, name in ipairs(self.primary_key and self.primary_key.columns or {}) do
    local item = self.by_name[name]
    if item and item.null then
      given_module.refuse(what_of(self),
        ('"%s" is of the primary key, and may be null'):format(name), "leave null out")
    end
  end
end

-- The server has none for a row that an insert sends on to a partition.
local function check_system_columns(self)
  for _, item in ipairs(self.partition and self.columns or {}) do
    if item.system then
      given_module.refuse(what_of(self),
        ('a partitioned table gives no %s back from its inserts'):format(item.name),
        "count updates in a column: mp.version()")
    end
  end
end

---Raises `bad_argument`.
---@param self moonpool.schema.Table
function table_check.run(self)
  check_names(self)
  for _, item in ipairs(self:parts()) do check_part(self, item) end
  check_primary_columns(self)
  check_system_columns(self)
  if self.partition then check_columns(self, element.columns(self.partition.elements)) end
end

return table_check
