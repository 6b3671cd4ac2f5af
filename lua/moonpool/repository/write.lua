-- The statements by which a repository creates, changes and removes rows; pure.
local columns = require "moonpool.orm.loading.columns"
local errors = require "moonpool.errors"
local insert = require "moonpool.sql.insert"
local mapper = require "moonpool.orm.mapper"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"
local parts = require "moonpool.orm.parts"
local update = require "moonpool.sql.update"

local write = {}

-- Far below the protocol's 65535 parameters: more than 7000 are not described in full, and their
-- rows come back as text.
local MAX_PARAMS = 7000

-- Deferred ones are read when they are asked for.
local function all_columns(model)
  local part = parts.of(model)[1]
  return table.unpack(columns.expressions(columns.names(part), part.source))
end

---The row's values as sent: an instance's defaults filled in, each column dumped.
local function sent(model, values)
  return mapper.dump(model, model(values))
end

---@return moonpool.sql.Insert  giving back the whole row
function write.insert(model, values)
  return insert(model):values(sent(model, values)):returning(all_columns(model))
end

-- Rows that name the same columns can go as one array for each column: an absent value of a
-- column that has no default is NULL all the same.
local function fill(model, rows)
  local named = {}
  for _, row in ipairs(rows) do
    for name in pairs(row) do named[name] = true end
  end
  for name in pairs(named) do
    local item = model.table.by_name[name]
    if item.null and item.default == nil and not model_module.is_server_made(item) then
      for _, row in ipairs(rows) do
        if row[name] == nil then row[name] = null end
      end
    end
  end
end

---@param rows table[]
---@return moonpool.sql.Insert[]  as few statements as the number of parameters allows
function write.insert_many(model, rows)
  local list, batch = {}, {}
  for at, values in ipairs(rows) do list[at] = sent(model, values) end
  fill(model, list)
  local size = math.max(1, MAX_PARAMS // #model.source.columns)
  for first = 1, #list, size do
    local part = table.move(list, first, math.min(#list, first + size - 1), 1, {})
    batch[#batch + 1] = insert(model):values(part):returning(all_columns(model))
  end
  return batch
end

---@param values table<string, any>
---@return moonpool.sql.Update  without conditions; `updated_at` moves by itself
function write.update(model, values)
  if type(values) ~= "table" then
    errors.raise { kind = "bad_argument", message = "an update takes a table of values",
      hint = "{ name = \"x\" }; mp.null for NULL" }
  end
  local set = mapper.dump(model, values)
  for _, item in ipairs(model.table.columns) do
    if item.on_update and set[item.name] == nil and next(values) ~= nil then
      set[item.name] = item.on_update
    end
  end
  return update(model):set(set)
end

---@return moonpool.sql.Update  without conditions
function write.restore(model)
  local name = model_module.class(model).traits.soft_delete
  if name then return update(model):set { [name] = null } end
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('rows of "%s" are not deleted softly'):format(model.table.name),
    hint = "declare mp.soft_delete() in the model" }
end

---@return moonpool.sql.Update
function write.returning_all(statement, model)
  return statement:returning(all_columns(model))
end

return write
