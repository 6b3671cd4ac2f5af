-- What statements have done to rows of which the session has objects is told to the objects.
local align = require "moonpool.orm.flush.align"
local column = require "moonpool.schema.column"
local columns = require "moonpool.orm.flush.columns"
local scan = require "moonpool.orm.flush.scan"
local seen_module = require "moonpool.orm.seen"
local value_module = require "moonpool.orm.value"
local value_fields = require "moonpool.orm.value_fields"
local version = require "moonpool.orm.flush.version"
local work_module = require "moonpool.orm.flush.work"

local sync = {}

---Columns that move with every update: by their own rule, and the version.
---@param model moonpool.Model
---@return table<string, moonpool.sql.Expression>
function sync.moving(model)
  local set = {}
  for _, one in ipairs(columns.of(model)) do
    if one.item.on_update ~= nil then set[one.name] = one.item.on_update end
  end
  local counted = version.counter_of(model)
  if counted then set[counted] = model.source:column(counted) + 1 end
  return set
end

---What is another value after a statement than before.
---@param set table<string, any>  what it sets
---@return table<string, boolean>  these columns, those that move, and those that the server makes
function sync.written(model, set)
  local names = {}
  for name in pairs(set) do names[name] = true end
  for name in pairs(sync.moving(model)) do names[name] = true end
  for _, item in ipairs(model.table.columns) do
    if column.is_made_anew(item) and not item.is_borrowed then names[item.name] = true end
  end
  return names
end

---The statement, giving back what objects need: the key and these columns.
---@param names table<string, boolean>
function sync.returning(statement, model, names)
  local wanted, list = {}, {}
  for name in pairs(names) do wanted[name] = true end
  local primary = model.table.primary_key
  for _, name in ipairs(primary and primary.columns or {}) do wanted[name] = true end
  for _, item in ipairs(model.table.columns) do
    if wanted[item.name] then list[#list + 1] = model.source:column(item.name) end
  end
  return statement:returning(table.unpack(list))
end

local function note(session, object)
  local level = session.levels:innermost()
  if level then level.journal:note(session.uow, object) end
end

-- Only the fields that the row has: what was changed in others is still to be flushed.
local function write(session, model, object, row, names)
  local uow = session.uow
  note(session, object)
  local known = {}
  for name, value in pairs(uow:snapshot_of(object)) do known[name] = value end
  uow:release(object)
  for _, one in ipairs(columns.of(model)) do
    local value = row[one.name]
    if names[one.name] ~= nil then
      if value ~= nil and one.load then value = one.load(value) end
      rawset(object, one.name, value)
      known[one.name] = value_module.copy(value)
    end
  end
  uow:track_as(object, known)
  value_fields.settle(model, object, names)
end

local function finish(session, work, written)
  work.holders = scan.holders(session.uow, seen_module.of(session.uow))
  local level = session.levels:innermost()
  align.run(work, level and level.journal, written)
end

---@param session moonpool.Session
---@param model moonpool.Model
---@param rows table[]  with their keys, as the server gave them
---@param names table<string, any>  the columns that were written, NULL ones among them
function sync.updated(session, model, rows, names)
  local work, written = work_module.new(session.uow), {}
  for _, row in ipairs(rows) do
    local object = session.uow.identity:find(model, session.uow.identity.key_of(model, row))
    if object then
      work.before[object] = session.uow:snapshot_of(object)
      write(session, model, object, row, names)
      written[#written + 1] = object
    end
  end
  if #written > 0 then finish(session, work, written) end
end

---@param rows table[]  with the keys of what was deleted
function sync.deleted(session, model, rows)
  local work = work_module.new(session.uow)
  for _, row in ipairs(rows) do
    local object = session.uow.identity:find(model, session.uow.identity.key_of(model, row))
    if object then
      note(session, object)
      session.uow:forget(object)
      session.uow:own("gone")[object] = true
      work.deletes[#work.deletes + 1] = object
    end
  end
  if #work.deletes > 0 then finish(session, work, {}) end
end

return sync
