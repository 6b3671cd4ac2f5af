-- After a flush has succeeded: objects get what was written, and what is known of them follows.
local align = require "moonpool.orm.flush.align"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"
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
  for name, value in pairs(work.made[object] or {}) do
    write(work, journal, object, name, value)
  end
  for name in pairs(work.refs[object] or {}) do
    write(work, journal, object, name, work:value(object, name))
  end
  for _, item in ipairs(model_module.of(object).table.columns) do
    if rawget(object, item.name) == null then write(work, journal, object, item.name, nil) end
  end
end

local function note(work, journal, object)
  if journal then journal:note(work.uow, object) end
end

-- While a transaction is open the object can come back; without one it is nobody's any more.
local function set_deleted(work, journal, object)
  note(work, journal, object)
  work.uow:forget(object)
  if journal then work.uow.gone[object] = true else tracked.detach(object) end
end

-- All keys are let go before any is taken: rows may have exchanged theirs.
local function release(work, journal, objects)
  for _, object in ipairs(objects) do
    note(work, journal, object)
    work.before[object] = work.uow.entries[object] and work.uow:snapshot_of(object) or nil
    work.uow:release(object)
    write_values(work, journal, object)
  end
end

---@param work moonpool.orm.flush.Work
---@param journal moonpool.orm.Journal?  of the open transaction's level
function apply.run(work, journal)
  local written = {}
  for at, one in ipairs(work.updates) do written[at] = one.object end
  table.move(work.inserts, 1, #work.inserts, #written + 1, written)
  for _, object in ipairs(work.deletes) do set_deleted(work, journal, object) end
  release(work, journal, written)
  for _, object in ipairs(written) do
    work.uow.new:remove(object)
    work.uow:track_as_it_is(object)
  end
  for _, object in ipairs(work.dropped) do
    work.uow:forget(object)
    tracked.make_transient(object)
  end
  align.run(work, journal, written)
end

return apply
