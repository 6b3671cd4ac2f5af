-- The relations of a model: records resolved when first asked for, since targets may come later.
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local foreign_key = require "moonpool.orm.relation.foreign_key"
local resolve = require "moonpool.orm.relation.resolve"
local suggest = require "moonpool.util.suggest"

local relation = {}

---@class moonpool.orm.Relation
---@field name string
---@field kind "belongs_to" | "has_one" | "has_many" | "many_to_many"
---@field owner moonpool.Model
---@field target moonpool.Model?  nil where it is polymorphic: see `targets`
---@field targets table<string, moonpool.Model>?  by the value of the type column
---@field is_list boolean
---@field local_columns string[]  owner.local_columns[i] = target.target_columns[i]
---@field target_columns string[]  (many_to_many: by way of `through`)
---@field through { source: moonpool.sql.Source, model: moonpool.Model?, from: string[],
---  to: string[], target_columns: string[], columns: string[] }?  `columns`: its other ones;
---  owner.local_columns[i] = through.from[i], through.to[i] = target.target_columns[i]
---@field extra string[]?  columns of `through` that come with a list
---@field via moonpool.orm.Relation[]?  the two it goes through; read only
---@field cascade { save: boolean, delete: boolean, orphan: boolean }
---@field passive boolean  whether the database's `on delete` is trusted
---@field order_by any
---@field where any
---@field type_column string?  of the side that holds the foreign key
---@field type_value string?  what that column says for the owner
---@field inverse moonpool.orm.Relation | false  found when it is read
local Relation = {}

-- A model that is forgotten takes its records with it.
local resolved = setmetatable({}, { __mode = "k" })

local function names_of(list)
  local names = {}
  for _, declared in ipairs(list) do names[declared.name] = declared end
  return names
end

---@param model moonpool.Model
---@return table<string, moonpool.orm.RelationDeclaration>  by name; nothing is looked up
function relation.declared(model)
  return names_of(model.relations)
end

local find

-- What a class with a table of its own has from the one that it extends leads from there.
local function above(model, declared)
  local class = model_module.class(model)
  local is_above = class.is_joined and relation.declared(class.parent)[declared.name] == declared
  return is_above and find(class.parent, declared.name) or nil
end

function find(model, name)
  local known = resolved[model]
  if known and known[name] then return known[name] end
  local declared = relation.declared(model)[name]
  if not declared then return nil end
  local record = above(model, declared) or setmetatable(resolve(model, declared,
    { relation_of = relation.of, declarations_of = relation.declared }), Relation)
  resolved[model] = resolved[model] or {}
  resolved[model][name] = record
  return record
end

local function name_list(model)
  local list = {}
  for at, declared in ipairs(model.relations) do list[at] = declared.name end
  return #list > 0 and "its relations are: " .. table.concat(list, ", ")
    or "it declares none: mp.belongs_to, mp.has_many, ..."
end

---Raises `bad_argument`, with a suggestion, for a name that is no relation, and for a relation
---whose target or columns do not exist.
---@param model moonpool.Model
---@param name string
---@return moonpool.orm.Relation
function relation.of(model, name)
  local record = find(model, name)
  if record then return record end
  errors.raise { kind = "bad_argument", table = model.table.name, hint = name_list(model),
    message = ('"%s" has no relation "%s"%s'):format(model.table.name, tostring(name),
      suggest.phrase(name, relation.declared(model))) }
end

---Every relation of the model, in the order of declaration.
---@return moonpool.orm.Relation[]
function relation.list(model)
  local list = {}
  for at, declared in ipairs(model.relations) do list[at] = relation.of(model, declared.name) end
  return list
end

---A polymorphic relation as the one to this target alone.
---@param record moonpool.orm.Relation
---@param target moonpool.Model  one of its `targets`
---@return moonpool.orm.Relation
function relation.towards(record, target)
  record.towards = record.towards or {}
  local known = record.towards[target]
  if known then return known end
  known = setmetatable({ name = record.name, kind = record.kind, owner = record.owner,
    target = target, is_list = false, local_columns = record.local_columns,
    target_columns = record.target_columns, cascade = record.cascade, passive = record.passive,
    inverse = false }, Relation)
  record.towards[target] = known
  return known
end

local OPPOSITE = { belongs_to = { has_one = true, has_many = true },
  has_one = { belongs_to = true }, has_many = { belongs_to = true },
  many_to_many = { many_to_many = true } }

local function is_mirror_between(a, b)
  return a.source.name == b.source.name and a.source.schema == b.source.schema
    and foreign_key.same(a.from, b.to) and foreign_key.same(a.to, b.from)
end

-- What holds some of the rows alone is no mirror of what holds them all.
local function is_whole(record)
  return not record.via and not record.where
end

local function is_mirror(a, b)
  if not is_whole(a) or not is_whole(b) then return false end
  if a.through then return is_mirror_between(a.through, b.through) end
  return a.type_column == b.type_column and foreign_key.same(a.local_columns, b.target_columns)
    and foreign_key.same(a.target_columns, b.local_columns)
end

local function leads_to(declared, owner)
  if declared.polymorphic and declared.kind == "belongs_to" then return true end
  return declared.table == owner.table.name
    and (declared.schema or "public") == (owner.table.schema or "public")
end

-- Only what leads back is looked at: the other relations' targets may not be declared yet.
local function find_inverse(self)
  for _, declared in ipairs(self.target and self.target.relations or {}) do
    if OPPOSITE[self.kind][declared.kind] and leads_to(declared, self.owner) then
      local candidate = relation.of(self.target, declared.name)
      if is_mirror(self, candidate) then return candidate end
    end
  end
  return false
end

function Relation.__index(self, name)
  if name ~= "inverse" then return nil end
  local found = find_inverse(self)
  rawset(self, "inverse", found)
  return found
end

function Relation:__tostring()
  return ("%s(%s.%s)"):format(self.kind, self.owner.table.name, self.name)
end

return relation
