-- What stands in a model's list for a relation: belongs_to, has_one, has_many, many_to_many; pure.
local belongs_to = require "moonpool.orm.relation.belongs_to"
local constraint = require "moonpool.schema.constraint"
local errors = require "moonpool.errors"
local options = require "moonpool.options"
local placement = require "moonpool.orm.relation.placement"

local declare = {}

---@class moonpool.orm.RelationDeclaration
---@field kind "belongs_to" | "has_one" | "has_many" | "many_to_many"
---@field name string
---@field table string?
---@field schema string?
---@field is_list boolean
---@field columns string[]?  of the side that holds the foreign key
---@field keys string[]?  what they refer to
---@field cascade table<"save" | "delete" | "orphan", boolean>

local function refuse(kind, name, message, hint)
  errors.raise { kind = "bad_argument", message = ('mp.%s("%s"): %s'):format(kind, name, message),
    hint = hint }
end

local function table_row(is_required)
  return { name = "table", kind = "string", required = is_required,
    doc = 'the table it leads to: { table = "teams" }' }
end

local SCHEMA = { name = "schema", kind = "string", doc = "the model's own when left out" }
local COLUMN = { name = "column", kind = "any", doc = "a column's name, or a list of names" }
local KEY = { name = "key", kind = "any", doc = "a column's name, or a list of names" }
local READING = {
  { name = "order_by", kind = "any", doc = '"created_at desc", or a list of such' },
  { name = "where", kind = "any", doc = "{ state = 'live' }, or a function of the columns" },
}
local WRITING = {
  { name = "cascade", kind = "strings", default = { "save" },
    doc = '{ "save", "delete", "orphan" }' },
  { name = "passive", kind = "boolean", default = false, doc = "trust the database's on delete" },
}

local function rows(...)
  local list = {}
  for _, part in ipairs { ... } do table.move(part, 1, #part, #list + 1, list) end
  return list
end

local ROWS = {
  belongs_to = rows(constraint.REFERENCE_ROWS, { table_row(false), SCHEMA, COLUMN, KEY,
    { name = "type", kind = "string", doc = "SQL type, where the target's model is not loaded" },
    { name = "null", kind = "boolean", default = false },
    { name = "index", kind = "boolean", default = false },
    { name = "unique", kind = "boolean", default = false },
    { name = "polymorphic", kind = "strings", doc = "the tables it may lead to" } }),
  has_many = rows({ table_row(false), SCHEMA, COLUMN, KEY,
    { name = "through", kind = "string", doc = "another relation of this model" },
    { name = "source", kind = "string", doc = "the relation that it goes on with" },
    { name = "polymorphic", kind = "string", doc = "the target's polymorphic belongs_to" } },
    READING, WRITING),
  many_to_many = rows({ table_row(true), SCHEMA,
    { name = "through", kind = "string", required = true, doc = "the table between" },
    { name = "from", kind = "any", doc = "the columns of `through` that lead here" },
    { name = "to", kind = "any", doc = "the columns of `through` that lead there" },
    { name = "extra", kind = "strings", doc = "columns of `through` that the list tells of" },
    KEY, { name = "target_key", kind = "any", doc = "a column's name, or a list of names" } },
    READING, WRITING),
}
ROWS.has_one = ROWS.has_many

-- `nil`, a name or a list of names.
local function names(kind, name, option, value)
  if value == nil then return nil end
  local list = type(value) == "table" and table.move(value, 1, #value, 1, {}) or { value }
  for _, item in ipairs(list) do
    if type(item) ~= "string" then
      refuse(kind, name, ('option "%s" must be a column\'s name or a list of names'):format(option),
        ('%s = "%s_id"'):format(option, name))
    end
  end
  if #list > 0 then return list end
  refuse(kind, name, ('option "%s" names no column'):format(option), "leave it out, or name one")
end

local CASCADES = { save = true, delete = true, orphan = true }

local function cascades(kind, name, list)
  local set = { save = false, delete = false, orphan = false }
  for _, word in ipairs(list) do
    if not CASCADES[word] then
      refuse(kind, name, ('there is no cascade "%s"'):format(word), '"save", "delete", "orphan"')
    end
    set[word] = true
  end
  return set
end

local function read(kind, name, given)
  if type(name) ~= "string" or name == "" then
    errors.raise { kind = "bad_argument", message = ("mp.%s has no name"):format(kind),
      hint = ('mp.%s("team", { table = "teams" })'):format(kind) }
  end
  local found = options.read(ROWS[kind], given,
    { kind = "bad_argument", what = ('mp.%s("%s")'):format(kind, name) })
  found.kind, found.name = kind, name
  for _, option in ipairs { "column", "key", "from", "to", "target_key" } do
    found[option] = names(kind, name, option, found[option])
  end
  if found.cascade then found.cascade = cascades(kind, name, found.cascade) end
  return found
end

local function has(given, owner)
  if given.through then
    given.source = given.source or given.name
  elseif not given.table then
    refuse(given.kind, given.name, 'option "table" is missing', '{ table = "posts" }')
  end
  given.schema, given.table = placement(given, owner)
  given.columns, given.keys = given.column, given.key
  given.is_list = given.kind == "has_many"
  return {}, given
end

local function many_to_many(given, owner)
  given.schema, given.table = placement(given, owner)
  given.through_schema, given.through = placement({ table = given.through }, owner)
  given.is_list = true
  return {}, given
end

-- A group of a model's list: `build(owner)` gives its columns and the declaration.
local function group(kind, name, given, build)
  local found = read(kind, name, given)
  return { kind = "group", build = function(owner)
    local own = {}
    for key, value in pairs(found) do own[key] = value end
    return build(own, owner)
  end }
end

---A row of another table that this one's column names; declares the column and its foreign key.
---@param name string
---@param given table  `table`, `schema`, `column`, `key`, `type`, `null`, `index`, `unique`,
---  `on_delete`, `on_update`, `deferrable`; or `polymorphic`, a list of tables
function declare.belongs_to(name, given)
  return group("belongs_to", name, given, belongs_to)
end

---At most one row of another table, whose column names this one.
---@param name string
---@param given table  as for has_many
function declare.has_one(name, given)
  return group("has_one", name, given, has)
end

---The rows of another table whose column names this one.
---@param name string
---@param given table  `table`, `schema`, `column`, `key`, `order_by`, `where`, `cascade`,
---  `passive`, `polymorphic`; or `through` and `source`, names of relations (to read only)
function declare.has_many(name, given)
  return group("has_many", name, given, has)
end

---Rows of another table by way of a third, whose rows are pairs.
---@param name string
---@param given table  `table`, `schema`, `through`, `from`, `to`, `extra`, `key`, `target_key`,
---  `order_by`, `where`, `cascade`, `passive`
function declare.many_to_many(name, given)
  return group("many_to_many", name, given, many_to_many)
end

return declare
