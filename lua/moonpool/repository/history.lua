-- The changes of a row, as mp.audit() has kept them; pure.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local key = require "moonpool.orm.key"
local model_module = require "moonpool.orm.model"
local select = require "moonpool.sql.select"

---@param model moonpool.Model
---@param id any
---@return moonpool.sql.Select statement  the oldest change first
---@return moonpool.Model  whose instances the rows are
return function(model, id)
  local of_changes = model_module.class(model).traits.audit
  if not of_changes then
    errors.raise { kind = "bad_argument", table = model.table.name,
      message = ('changes of "%s" are not kept'):format(model.table.name),
      hint = "declare mp.audit() in the model" }
  end
  local parts = {}
  for _, name in ipairs(model_module.class(model).root.table.primary_key.columns) do
    parts[#parts + 1] = expression.literal(name)
    parts[#parts + 1] = expression.param(key.filter(model, id)[name], model.source.type_of(name))
  end
  return select(of_changes):where(of_changes.key:eq(
    expression.fn.jsonb_build_object(table.unpack(parts)))):order_by "id", of_changes
end
