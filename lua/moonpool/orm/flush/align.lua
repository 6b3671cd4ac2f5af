-- After a flush: what objects hold of each other agrees with what their columns say.
local identity_key = require "moonpool.orm.identity_key"
local members = require "moonpool.orm.flush.members"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"
local scan = require "moonpool.orm.flush.scan"

local align = {}

local function note(context, object)
  if context.journal then context.journal:note(context.uow, object) end
end

local function is_same_list(a, b)
  if type(b) ~= "table" or getmetatable(b) or #a ~= #b then return false end
  for at, item in ipairs(a) do
    if b[at] ~= item then return false end
  end
  return true
end

-- What the object holds now is what its rows say.
local function remember(context, object, record)
  local uow, held = context.uow, rawget(object, record.name)
  local loaded = uow.loaded[object]
  local before = loaded and loaded[record.name]
  if record.is_list then
    held = held or {}
    if before and is_same_list(held, before) then return end
  elseif before ~= nil and (before or nil) == held then
    return
  end
  note(context, object)
  uow:remember(object, record.name, held, record.is_list)
end

local function key_of(object, names)
  local values = {}
  for at, name in ipairs(names) do values[at] = rawget(object, name) end
  return identity_key.of(values, #names)
end

local function target_of(record, object)
  if record.target then return record.target end
  return record.targets[rawget(object, record.type_column)]
end

local function leads_to(record, object, parent)
  local target = target_of(record, object)
  return target ~= nil and model_module.is_a(model_module.of(parent), target)
    and key_of(object, record.local_columns) == key_of(parent, record.target_columns)
end

local function is_key(model, names)
  local primary = model.table.primary_key
  if not primary or #primary.columns ~= #names then return false end
  for at, name in ipairs(names) do
    if primary.columns[at] ~= name then return false end
  end
  return true
end

-- The parent that the columns lead to, where the session has it.
local function known_parent(context, record, object)
  local target, key = target_of(record, object), key_of(object, record.local_columns)
  if key == nil or not target or not is_key(target, record.target_columns) then return nil end
  return context.uow.identity:find(target, key)
end

-- A stale parent is replaced, or dropped: then it is not loaded.
local function align_parent(context, object, record)
  local uow, held = context.uow, rawget(object, record.name)
  if held == null then
    note(context, object)
    rawset(object, record.name, nil)
    held = nil
  end
  if held and leads_to(record, object, held) and not context.is_deleted[held] then
    return remember(context, object, record)
  end
  local loaded = uow.loaded[object]
  if not held and not (loaded and loaded[record.name] ~= nil) then return end
  note(context, object)
  local parent = known_parent(context, record, object)
  rawset(object, record.name, parent)
  if parent then
    uow:remember(object, record.name, parent, false)
  elseif uow.loaded[object] then
    uow.loaded[object][record.name] = nil
  end
end

local function set_only(context, owner, record, child, is_in)
  local held = rawget(owner, record.name)
  if is_in == (held == child) then return end
  note(context, owner)
  rawset(owner, record.name, is_in and child or nil)
end

-- Nobody here knows whether a condition holds for the child.
local function set_member(context, owner, record, child, is_in)
  if not record.is_list then return set_only(context, owner, record, child, is_in) end
  local held = rawget(owner, record.name) or {}
  if is_in == context.members:has(held, child) or is_in and record.where then return end
  note(context, owner)
  if is_in then context.members:add(held, child) else context.members:remove(held, child) end
  rawset(owner, record.name, held)
end

-- What refers to its owners by columns: old and new owner's lists, where they are there.
local function owner_key(record, row)
  if record.type_column and row[record.type_column] ~= record.type_value then return nil end
  local values = {}
  for at, name in ipairs(record.target_columns) do values[at] = row[name] end
  return identity_key.of(values, #record.target_columns)
end

local function move_child(context, record, owners, child)
  local old = context.before[child] and owner_key(record, context.before[child])
  local new = owner_key(record, setmetatable({}, { __index = function(_, name)
    return rawget(child, name)
  end }))
  if old == new then return end
  if old ~= nil and owners[old] then set_member(context, owners[old], record, child, false) end
  if new ~= nil and owners[new] then set_member(context, owners[new], record, child, true) end
end

local function is_loaded(context, holder, record)
  local loaded = context.uow.loaded[holder.object]
  return rawget(holder.object, record.name) ~= nil or loaded and loaded[record.name] ~= nil
end

-- The objects that hold a has_one or has_many, by record and key.
local function owners_of(context)
  local by_record = {}
  for _, holder in ipairs(context.holders) do
    for _, record in ipairs(holder.relations) do
      local is_had = record.kind == "has_one" or record.kind == "has_many"
      if is_had and not record.via and is_loaded(context, holder, record) then
        by_record[record] = by_record[record] or {}
        local key = key_of(holder.object, record.local_columns)
        if key ~= nil then by_record[record][key] = holder.object end
      end
    end
  end
  return by_record
end

local function move_children(context)
  for record, owners in pairs(owners_of(context)) do
    for _, child in ipairs(context.written) do
      if model_module.is_a(model_module.of(child), record.target) then
        move_child(context, record, owners, child)
      end
    end
  end
end

-- The other side of a pair, where it has its list.
local function align_links(context)
  for _, link in ipairs(context.links) do
    local inverse = link.record.inverse
    local loaded = inverse and context.uow.loaded[link.other]
    local is_held = inverse and (rawget(link.other, inverse.name) or loaded
      and loaded[inverse.name] ~= nil)
    if is_held then
      if not rawget(link.other, inverse.name) then rawset(link.other, inverse.name, {}) end
      set_member(context, link.other, inverse, link.owner, link.is_added)
    end
  end
end

local function drop_deleted(context, object, record)
  for _, other in ipairs(scan.objects_in(rawget(object, record.name))) do
    if context.is_deleted[other] then set_member(context, object, record, other, false) end
  end
end

local function set_of(list)
  local set = {}
  for _, item in ipairs(list) do set[item] = true end
  return set
end

-- Each relation of each stored object that holds some.
local function each_held(context, fn)
  for _, holder in ipairs(context.holders) do
    if context.uow.entries[holder.object] then
      for _, record in ipairs(holder.relations) do fn(context, holder.object, record) end
    end
  end
end

local function drop_from(context, object, record)
  if record.kind ~= "belongs_to" then drop_deleted(context, object, record) end
end

local function settle(context, object, record)
  if record.kind == "belongs_to" then
    align_parent(context, object, record)
  elseif not record.via then
    remember(context, object, record)
  end
end

-- NULL that was given for what others refer by is no field of a stored object.
local function drop_null(context, object, record)
  if record.kind == "belongs_to" or rawget(object, record.name) ~= null then return end
  note(context, object)
  rawset(object, record.name, record.is_list and {} or nil)
end

---@param work moonpool.orm.flush.Work
---@param journal moonpool.orm.Journal?
---@param written table[]  inserted and updated objects
function align.run(work, journal, written)
  local context = { uow = work.uow, journal = journal, written = written, before = work.before,
    holders = work.holders, links = work.link_list, is_deleted = set_of(work.deletes),
    members = members.new() }
  each_held(context, drop_null)
  move_children(context)
  align_links(context)
  if #work.deletes > 0 then each_held(context, drop_from) end
  context.members:finish()
  each_held(context, settle)
end

return align
