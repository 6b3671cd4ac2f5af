-- What there is to do: the new, the changed and the deleted objects of a unit of work; pure.
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local snapshot = require "moonpool.orm.snapshot"
local steps = require "moonpool.orm.flush.steps"
local work_module = require "moonpool.orm.flush.work"

local collect = {}

local function check_key(model)
  if model.table.primary_key then return end
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('"%s" has no primary key: a session cannot tell its rows apart'):format(
      model.table.name),
    hint = "declare one, or write its rows with mp.insert and mp.update" }
end

-- Two new objects with one key: the server would refuse them all, and name neither.
local function check_twins(uow, inserts)
  local seen = {}
  for _, object in ipairs(inserts) do
    local model = uow.model_of(object)
    local key = uow.identity.key_of(model, object)
    seen[model] = seen[model] or {}
    local is_known = key ~= nil and (seen[model][key] or uow.identity:find(model, key))
    if is_known then
      errors.raise { kind = "bad_argument", table = model.table.name,
        message = ('two objects of "%s" have the same key (%s)'):format(model.table.name,
          table.concat(model.table.primary_key.columns, ", ")),
        hint = "give one of them another key, or write to the one that s:get gives" }
    end
    if key ~= nil then seen[model][key] = object end
  end
end

---@param uow moonpool.orm.UnitOfWork
---@return moonpool.orm.flush.Work
function collect.work(uow)
  local work = work_module.new(uow)
  work.inserts = uow.new:list()
  for _, object in ipairs(work.inserts) do
    local model = model_module.of(object)
    check_key(model)
    snapshot.check_names(model, object)
  end
  check_twins(uow, work.inserts)
  work.updates = steps.sort_by_key(uow, uow:dirty(), function(one) return one.object end)
  work.deletes = steps.sort_by_key(uow, uow.deleted:list(), function(object) return object end)
  return work
end

return collect
