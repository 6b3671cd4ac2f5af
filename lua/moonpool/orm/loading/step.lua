-- One relation of many objects: what has to be asked for, and what the answer means for them.
local columns = require "moonpool.orm.loading.columns"
local deferred = require "moonpool.orm.loading.deferred"
local extra = require "moonpool.orm.loading.extra"
local foreign_key = require "moonpool.orm.relation.foreign_key"
local identity_key = require "moonpool.orm.identity_key"
local keys_module = require "moonpool.orm.loading.keys"
local plan = require "moonpool.orm.loading.plan"
local related = require "moonpool.orm.loading.related"
local relation_module = require "moonpool.orm.relation"

local step = {}

local Step = {}
Step.__index = Step

local NONE = {}

---@class moonpool.orm.LoadStep
---@field session table
---@field node moonpool.orm.LoadNode
---@field relation moonpool.orm.Relation  one with a target
---@field parents table[]  those that have the relation
---@field keys moonpool.orm.LoadKeys
---@field values table<table, any>  what was found for each parent
---@field read moonpool.orm.RelatedRead?  nil where nothing has to be asked for

local function is_identity(relation)
  local key = relation.target.table.primary_key
  return key ~= nil and foreign_key.same(key.columns, relation.target_columns)
end

-- With conditions of its own the answer is another than what was loaded before.
---@return boolean
function step.is_forced(node)
  return node.where ~= nil or node.limit ~= nil or node.order_by ~= nil or node.with_deleted
end

-- A row that the session has already stands for itself, unless a condition may leave it out.
local function finder(session, node, relation)
  local is_conditional = relation.where or node.where
  if relation.kind ~= "belongs_to" or is_conditional or not is_identity(relation) then
    return function() end
  end
  return function(key) return session:find_known(relation.target, key) end
end

local function collect(self, objects)
  local names = self.relation.local_columns
  local known = finder(self.session, self.node, self.relation)
  for _, object in ipairs(objects) do
    local key, values = keys_module.of(object, names)
    local found = key ~= nil and known(key)
    if found then
      self.values[object] = found
    elseif key ~= nil then
      keys_module.add(self.keys, object, keys_module.sent(self.dumps, key, values))
    end
  end
end

---@param reading { session: table, reach: moonpool.orm.Reach }
---@param node moonpool.orm.LoadNode
---@param relation moonpool.orm.Relation
---@param objects table[]  without what they have
---@param parents table[]  with them
---@return moonpool.orm.LoadStep
function step.new(reading, node, relation, objects, parents)
  local self = setmetatable({ session = reading.session, node = node, relation = relation,
    objects = objects, parents = parents, values = {}, is_forced = step.is_forced(node),
    keys = keys_module.new(#relation.local_columns),
    dumps = keys_module.dumps(relation.owner, relation.local_columns) }, Step)
  collect(self, objects)
  if self.keys.count > 0 then
    self.wanted = deferred.wanted(plan.children(node, relation.target))
    local names = columns.names(relation.target, self.wanted)
    self.read = related.read(node, relation, names, self.keys, reading.reach)
  end
  return self
end

local function list_of(values, object)
  local list = values[object]
  if not list then
    list = {}
    values[object] = list
  end
  return list
end

-- By way of other rows the same one may be found twice.
local function once(self)
  local values, seen = self.values, {}
  return function(object, found)
    local known = list_of(seen, object)
    if known[found] then return end
    known[found] = true
    local list = list_of(values, object)
    list[#list + 1] = found
  end
end

-- What is done with a row's object for each of its parents, by the kind of relation.
local function adder(self)
  local relation, values = self.relation, self.values
  if not relation.is_list then
    return function(object, found)
      if values[object] == nil then values[object] = found end
    end
  end
  return once(self)
end

-- For each row the number of its key.
local function numbers_of(self, result)
  local links, at = result:column(self.read.link), self.keys.at
  if self.read.is_number then return links end
  for row = 1, #result do
    local value = links[row]
    links[row] = at[value] or at[identity_key.of({ value }, 1) or NONE]
  end
  return links
end

local function note_extra(self, result, found, numbers)
  local columns_by_name = {}
  for name, at in pairs(self.read.extra) do columns_by_name[name] = result:column(at) end
  if next(columns_by_name) == nil then return end
  for row, number in pairs(numbers) do
    for _, object in ipairs(self.keys.parents[number]) do
      extra.note(self.values[object], found[row], columns_by_name, row)
    end
  end
end

-- The rows of each key, as a list for each of its parents.
local function take_lists(self, found, numbers)
  local lists, parents = {}, self.keys.parents
  for row = 1, #found do
    local number = numbers[row]
    local list = lists[number or NONE]
    if list then
      list[#list + 1] = found[row]
    elseif number then
      lists[number] = { found[row] }
    end
  end
  for number, list in pairs(lists) do
    for at, object in ipairs(parents[number]) do
      self.values[object] = at == 1 and list or table.move(list, 1, #list, 1, {})
    end
  end
end

local function take_each(self, found, numbers)
  local parents, add = self.keys.parents, adder(self)
  for row = 1, #found do
    local own, object = parents[numbers[row] or NONE], found[row]
    for at = 1, own and #own or 0 do add(own[at], object) end
  end
end

---Take the answer: each row goes to the parents whose key it names.
---@param result table
function Step:take(result)
  local found = self.session:materialize(self.relation.target, result, self.read.names)
  local numbers, is_simple = numbers_of(self, result), self.relation.is_list
    and not self.relation.via
  local take = is_simple and take_lists or take_each
  take(self, found, numbers)
  note_extra(self, result, found, numbers)
  deferred.fill(self.session, result, found, self.read.names, self.wanted)
end

---Give every parent what was found, or the knowledge that there is nothing.
function Step:attach()
  local name, is_list = self.node.name, self.relation.is_list
  for _, object in ipairs(self.objects) do
    local value = self.values[object]
    if value == nil and is_list then value = {} end
    local is_missing = rawget(object, name) == nil or not self.session:is_loaded(object, name)
    if self.is_forced or is_missing then
      self.session:keep_loaded(object, name, value)
    end
  end
end

---@return table[]  what the parents have now, each once, in their order
function Step:children()
  local list, seen = {}, {}
  local function add_child(child)
    if not seen[child] then
      seen[child] = true
      list[#list + 1] = child
    end
  end
  for _, object in ipairs(self.parents) do
    local value = rawget(object, self.node.name)
    if self.relation.is_list then
      for _, child in ipairs(value or {}) do add_child(child) end
    elseif value ~= nil then
      add_child(value)
    end
  end
  return list
end

---@return moonpool.orm.Relation[]  a polymorphic relation as one for each target
function step.relations(node)
  local relation = node.relation
  if not relation.targets then return { relation } end
  local names, list = {}, {}
  for name in pairs(relation.targets) do names[#names + 1] = name end
  table.sort(names)
  for at, name in ipairs(names) do
    list[at] = relation_module.towards(relation, relation.targets[name])
    list[at].type_is = name
  end
  return list
end

return step
