-- object_script.lua - random edits of a session's objects, done to a world of plain rows as well.
local mp = require "moonpool"
local object_world = require "spec.support.object_world"

local REFERENCES, MODELS, NAMES =
  object_world.REFERENCES, object_world.models, object_world.NAMES

---@class spec.Script
---@field session moonpool.Session
---@field world spec.World
---@field objects table<integer, table>  by tag
---@field moved table<integer, boolean>  whose reference was changed since the last flush
---@field paired table<string, boolean>
---@field units { unit: table, world: spec.World }[]
---@field committed spec.World
---@field log string[]
local Script = {}
Script.__index = Script

local object_script = {}

local function any(list)
  return list[math.random(math.max(#list, 1))]
end

function Script:note(text, ...)
  self.log[#self.log + 1] = text:format(...)
end

function Script:settled()
  self.moved, self.paired = {}, {}
end

local function place_of(list, item)
  for at, other in ipairs(list or {}) do
    if other == item then return at end
  end
end

-- What the object holds is known, so that its list may be used.
local function list_of(object, name)
  return rawget(object, name)
end

local ways = {}

function ways.relation(object, reference, owner)
  -- Where it is not loaded, nil says nothing.
  if not owner and not rawget(object, reference.relation) then owner = mp.null end
  object[reference.relation] = owner
  return true
end

function ways.column(object, reference, owner)
  if owner and not owner.id then return false end
  object[reference.column] = owner and owner.id or nil
  return true
end

function ways.list(object, reference, owner, old)
  local from, to = old and list_of(old, reference.list), owner and list_of(owner, reference.list)
  local at = place_of(from, object)
  local is_read = (not owner or to) and (not old or at)
  if is_read and at then table.remove(from, at) end
  if is_read and to then to[#to + 1] = object end
  return is_read
end

-- Where a reference leads twice nothing has changed.
local function move(self, tag, owner_tag)
  local row = self.world.rows[tag]
  local reference = REFERENCES[row.kind]
  if self.moved[tag] or row.owner == owner_tag then return end
  local object, owner = self.objects[tag], owner_tag and self.objects[owner_tag]
  local old = row.owner and self.objects[row.owner]
  local way = any { "relation", "column", "list" }
  if not ways[way](object, reference, owner, old) then return end
  self:note("move %d to %s by %s", tag, tostring(owner_tag), way)
  row.owner, self.moved[tag] = owner_tag, true
end

local function random_owner(self, kind)
  local reference = REFERENCES[kind]
  if not reference or reference.null and math.random(4) == 1 then return nil end
  return any(self.world:tags(reference.to))
end

local steps = {}

function steps.add(self)
  local kind = any(NAMES)
  if kind == "profiles" then return steps.profile(self) end
  local reference, owner_tag = REFERENCES[kind], random_owner(self, kind)
  if reference and not reference.null and not owner_tag then return end
  local tag = self.world:add(kind, owner_tag)
  local object = MODELS[kind] { tag = tag, name = "new" }
  self.objects[tag], self.moved[tag] = object, true
  local owner = owner_tag and self.objects[owner_tag]
  local way = owner and any { "relation", "column", "list" } or "none"
  if owner and not ways[way](object, reference, owner, nil) then
    ways.relation(object, reference, owner)
  end
  self:note("add %s %d under %s by %s", kind, tag, tostring(owner_tag), way)
  self.session:add(object)
end

local function new_profile(self, tag)
  local new = self.world:add("profiles", tag)
  self.objects[new], self.moved[new] = MODELS.profiles { tag = new, name = "new" }, true
  return self.objects[new]
end

-- The only one that a user may have: a new one takes the place of an old one, which goes.
local function replace_profile(self, tag, old)
  local user, is_taken = self.objects[tag], math.random(3) == 1
  self:note("%s profile of %d", is_taken and "take" or "set", tag)
  if old then
    self.world:delete(old)
    self.objects[old] = nil
  end
  user.profile = nil
  if not is_taken then user.profile = new_profile(self, tag) end
end

function steps.profile(self)
  local tag = any(self.world:tags "users")
  local old = tag and self.world:children(tag, "profiles")[1]
  if not tag or self.paired[tag] or old and self.moved[old] then return end
  local user = self.objects[tag]
  local is_known = not user.id or self.session:is_loaded(user, "profile")
  if not is_known and old then return end
  self.paired[tag] = true
  if is_known then return replace_profile(self, tag, old) end
  self:note("add profile to %d", tag)
  local profile = new_profile(self, tag)
  profile.user = user
  self.session:add(profile)
end

function steps.edit(self)
  local tag = any(self.world:tags())
  if not tag then return end
  local name = "n" .. math.random(1000)
  self:note("name %d %s", tag, name)
  self.objects[tag].name, self.world.rows[tag].name = name, name
end

function steps.move(self)
  local tag = any(self.world:tags(any { "users", "posts", "comments", "nodes" }))
  if tag then move(self, tag, random_owner(self, self.world.rows[tag].kind)) end
end

-- By one of the two lists, each pair once between flushes.
function steps.pair(self)
  local user, group = any(self.world:tags "users"), any(self.world:tags "groups")
  local pair = user and group and user .. ":" .. group
  if not pair or self.paired[pair] then return end
  local holder, held, name = self.objects[user], self.objects[group], "groups"
  if math.random(2) == 1 then holder, held, name = held, holder, "users" end
  local list, groups = list_of(holder, name), self.world.rows[user].groups
  if not list then return end
  local at = place_of(list, held)
  if (at ~= nil) ~= (groups[group] == true) then return end
  self:note("pair %s by %s", pair, name)
  if at then table.remove(list, at) else list[#list + 1] = held end
  groups[group], self.paired[pair] = not at or nil, true
end

function steps.flush(self)
  self:note "flush"
  self.session:flush()
  self:settled()
end

-- Two rows with one tag: nothing is written, and all is ready for another flush.
function steps.fail(self)
  local kind = any(NAMES)
  local tags = self.world:tags(kind)
  if #tags < 2 then return end
  local first, second = table.unpack(tags, #tags - 1)
  local object, method = self.objects[first], #self.units == 0 and math.random(2) == 1
    and "commit" or "flush"
  self:note("fail to %s: %d is %d", method, first, second)
  object.tag = second
  local ok, err = pcall(self.session[method], self.session)
  assert(not ok and err.kind == "unique_violation", tostring(err))
  object.tag = first
end

function steps.delete(self)
  steps.flush(self)
  local tag = any(self.world:tags())
  if not tag then return end
  self:note("delete %d", tag)
  self.session:delete(self.objects[tag])
  self.world:delete(tag)
  for other in pairs(self.objects) do
    if not self.world.rows[other] then self.objects[other] = nil end
  end
  self.moved[tag] = true
  if math.random(2) == 1 then steps.flush(self) end
end

-- One that was never flushed is forgotten.
function steps.forget(self)
  local tag = self.world:add("groups", nil)
  local object = MODELS.groups { tag = tag, name = "never" }
  self.session:add(object)
  self.session:delete(object)
  self.world.rows[tag] = nil
end

function steps.count(self)
  local kind = any(NAMES)
  self:note("count %s", kind)
  local found = self.session:select(MODELS[kind]):count()
  self:settled()
  assert(found == #self.world:tags(kind), ("%s: %d found"):format(kind, found))
end

function steps.nested(self)
  if #self.units > 2 then return end
  self:note "nested"
  local unit = self.session:nested()
  self:settled()
  self.units[#self.units + 1] = { unit = unit, world = self.world:copy(),
    objects = { table.unpack(self.objects, 1, self.world.last) } }
end

local function forget_new(self)
  for tag in pairs(self.objects) do
    if not self.world.rows[tag] then self.objects[tag] = nil end
  end
end

local function restore(self, world, objects)
  local last = self.world.last
  self.world = world:copy()
  self.world.last = last
  self.objects = {}
  for tag in pairs(self.world.rows) do self.objects[tag] = objects[tag] end
  forget_new(self)
  self:settled()
end

function steps.leave(self)
  local inner = table.remove(self.units)
  if not inner then return end
  if math.random(2) == 1 then
    self:note "nested commit"
    inner.unit:commit()
    return self:settled()
  end
  self:note "nested rollback"
  inner.unit:rollback()
  restore(self, inner.world, inner.objects)
end

function steps.rollback(self)
  if math.random(3) > 1 then return end
  self:note "rollback"
  self.units = {}
  self.session:rollback()
  restore(self, self.committed, self.committed_objects)
end

function steps.commit(self)
  while #self.units > 0 do steps.leave(self) end
  self:note "commit"
  self.session:commit()
  self:settled()
  self:mark_committed()
end

function Script:mark_committed()
  self.committed = self.world:copy()
  self.committed_objects = {}
  for tag, object in pairs(self.objects) do self.committed_objects[tag] = object end
end

local CHOICES = {}
for name, weight in pairs { add = 8, edit = 6, move = 8, pair = 6, profile = 4, flush = 2,
  fail = 2, delete = 3, forget = 1, count = 1, nested = 2, leave = 2, rollback = 1, commit = 1 } do
  for _ = 1, weight do CHOICES[#CHOICES + 1] = name end
end
table.sort(CHOICES)

---Do one random thing; the names of what was done are in `log`.
---@async
---@return boolean  whether objects and world must agree now
function Script:step()
  local name = any(CHOICES)
  steps[name](self)
  return next(self.moved) == nil and next(self.paired) == nil
end

---@async
function Script:finish()
  steps.commit(self)
end

---The objects of the session, by tag: all rows of the world, with what they hold.
---@async
---@param session moonpool.Session
---@param world spec.World
---@return spec.Script
function object_script.open(session, world)
  local self = setmetatable({ session = session, world = world, objects = {}, moved = {},
    paired = {}, units = {}, log = {} }, Script)
  local with = { teams = { "users" }, users = { "posts", "groups", "team", "profile" },
    posts = { "comments" }, comments = { "post" }, groups = { "users" }, profiles = { "user" },
    nodes = { "children", "parent" } }
  for _, kind in ipairs(NAMES) do
    local query = session:select(MODELS[kind])
    if math.random(4) > 1 then query = query:with(with[kind]) end
    for _, object in ipairs(query:all()) do self.objects[object.tag] = object end
  end
  self:mark_committed()
  return self
end

-- What an object says of itself and of others, as the world would say it.
local function describe(self, tag)
  local object, kind = self.objects[tag], self.world.rows[tag].kind
  local reference = REFERENCES[kind]
  local found = { name = object.name, kind = kind }
  if not reference then return found end
  found.column = object[reference.column]
  local owner = rawget(object, reference.relation)
  found.owner = owner and owner.tag
  return found
end

local function tags_in(list)
  local tags = {}
  for at, item in ipairs(list) do tags[at] = item.tag end
  table.sort(tags)
  return table.concat(tags, ",")
end

local function check_profile(self, tag)
  local held = rawget(self.objects[tag], "profile")
  local wanted = self.world:children(tag, "profiles")[1]
  assert(not held or held.tag == wanted, held and ("%d.profile is %d, not %s"):format(tag, held.tag,
    tostring(wanted)))
end

local LISTS = { teams = { users = "users" }, users = { posts = "posts" },
  posts = { comments = "comments" }, nodes = { children = "nodes" } }

local function check_lists(self, tag)
  local object, kind = self.objects[tag], self.world.rows[tag].kind
  for name, child_kind in pairs(LISTS[kind] or {}) do
    local list = rawget(object, name)
    local wanted = table.concat(self.world:children(tag, child_kind), ",")
    assert(not list or tags_in(list) == wanted,
      list and ("%d.%s has %s, not %s"):format(tag, name, tags_in(list), wanted))
  end
end

local function check_groups(self, tag)
  local list, wanted = rawget(self.objects[tag], "groups"), {}
  for group in pairs(self.world.rows[tag].groups) do wanted[#wanted + 1] = group end
  table.sort(wanted)
  assert(not list or tags_in(list) == table.concat(wanted, ","),
    list and ("%d.groups has %s, not %s"):format(tag, tags_in(list), table.concat(wanted, ",")))
end

---Raises where the objects differ from the world; to be called when nothing waits to be flushed.
function Script:check()
  for tag, row in pairs(self.world.rows) do
    local found, owner = describe(self, tag), row.owner and self.objects[row.owner]
    assert(found.name == row.name, ("%d is named %s, not %s"):format(tag, found.name, row.name))
    assert(found.column == (owner and owner.id), ("%d leads to %s, not to %s"):format(tag,
      tostring(found.column), tostring(owner and owner.id)))
    assert(not found.owner or found.owner == row.owner, ("%d holds %s, not %s"):format(tag,
      tostring(found.owner), tostring(row.owner)))
    check_lists(self, tag)
    if row.kind == "users" then
      check_groups(self, tag)
      check_profile(self, tag)
    end
  end
end

return object_script
