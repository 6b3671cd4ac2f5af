-- After a flush has succeeded: objects get what was written, and what is known of them follows.
local align = require "moonpool.orm.flush.align"
local columns = require "moonpool.orm.flush.columns"
local flush_values = require "moonpool.orm.flush.values"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"
local snapshot = require "moonpool.orm.snapshot"
local tracked = require "moonpool.orm.tracked"
local value_module = require "moonpool.orm.value"

local apply = {}

local function write(work, journal, object, name, value)
  value = value_module.absent(value)
  local before = rawget(object, name)
  if rawequal(before, value) then return end
  if journal then journal:note_field(work.uow, object, name) end
  rawset(object, name, value)
end

-- What the server made, NULL among it, and what came from other objects.
local function write_values(work, journal, object)
  local made, refs = work.made[object], work.refs[object]
  if made then
    for name, value in pairs(made) do write(work, journal, object, name, value) end
  end
  if refs then
    for name in pairs(refs) do write(work, journal, object, name, work:value(object, name)) end
  end
end

local function write_nulls(work, journal, object)
  for _, item in ipairs(model_module.of(object).table.columns) do
    if rawget(object, item.name) == null then write(work, journal, object, item.name, nil) end
  end
end

local function write_columns(work, journal)
  for _, made in ipairs(work.made_columns) do
    local objects, name, values = made.objects, made.name, made.values
    for at = 1, #objects do
      local value = values[at]
      if journal then
        write(work, journal, objects[at], name, value)
      elseif value ~= null then
        objects[at][name] = value
      else
        rawset(objects[at], name, nil)
      end
    end
  end
end

local function note(work, journal, object)
  if journal then journal:note(work.uow, object) end
end

-- While a transaction is open the object can come back; without one it is nobody's any more.
local function set_deleted(work, journal, object)
  note(work, journal, object)
  work.uow:forget(object)
  if journal then work.uow:own("gone")[object] = true else tracked.detach(object) end
end

local function has_new_key(work, object, before, names)
  for _, name in ipairs(names) do
    if not value_module.same(work:value(object, name), before[name]) then return true end
  end
  return false
end

-- All keys are let go before any is taken: rows may have exchanged theirs. What is known of the
-- others is replaced later.
local function release_updated(work, journal, group)
  local uow, is_plain, has_holders = work.uow, work:is_plain(), #work.holders > 0
  local names = group.model.table.primary_key.columns
  local name = is_plain and #names == 1 and names[1]
  local rows = uow:snapshots_of(group.objects)
  for at = 1, #group.objects do
    local object, before = group.objects[at], rows[at]
    if journal then journal:note(uow, object) end
    if has_holders then work.before[object] = before end
    local is_kept = name and rawget(object, name) == before[name]
    if not is_kept and has_new_key(work, object, before, names) then uow:release(object) end
    if not is_plain then write_values(work, journal, object) end
  end
end

local function write_new(work, journal)
  local has_values = next(work.made) ~= nil or next(work.refs) ~= nil
  for _, object in ipairs((journal or has_values) and work.inserts or {}) do
    note(work, journal, object)
    write_values(work, journal, object)
  end
  write_columns(work, journal)
end

-- What an object has become; copied by itself where that takes more than its fields.
local function taken_of(work, journal, model, object)
  local taken, has_null = snapshot.take(model, object)
  if has_null then write_nulls(work, journal, object) end
  return taken
end

local function track(work, journal, group)
  local model, objects, uow = group.model, group.objects, work.uow
  local copies = uow.objects.copies(objects, columns.of(model).names)
  local keep, entries = uow:keeper(model), uow.entries
  for at = 1, #objects do
    local object = objects[at]
    local taken = copies[at] or taken_of(work, journal, model, object)
    if rawget(entries, object) then entries[object] = taken else keep(object, taken) end
  end
end

local function let_go_of_new(work)
  local new = work.uow.new
  if new.count == #work.inserts then return new:clear() end
  for _, object in ipairs(work.inserts) do new:remove(object) end
end

-- What was inserted together is loaded for together, like the rows of one result.
local function gather_new(work)
  for _, group in ipairs(work.uow:by_model(work.inserts)) do
    local objects = table.move(group.objects, 1, #group.objects, 1, {})
    local session = getmetatable(objects[1]).session
    local meta = work.uow.make_metatable(session, group.model, { siblings = objects })
    for at = 1, #objects do setmetatable(objects[at], meta) end
  end
end

---@param work moonpool.orm.flush.Work
---@param journal moonpool.orm.Journal?  of the open transaction's level
function apply.run(work, journal)
  local updated = work:updated()
  local written = table.move(updated, 1, #updated, 1, {})
  table.move(work.inserts, 1, #work.inserts, #written + 1, written)
  for _, object in ipairs(work.deletes) do set_deleted(work, journal, object) end
  for _, group in ipairs(work:updated_groups()) do release_updated(work, journal, group) end
  write_new(work, journal)
  for _, group in ipairs(work.uow:by_model(written)) do
    track(work, journal, group)
    flush_values.settle(work, journal, group)
  end
  for _, object in ipairs(work.dropped) do
    work.uow:forget(object)
    tracked.make_transient(object)
  end
  gather_new(work)
  let_go_of_new(work)
  align.run(work, journal, written)
end

return apply
