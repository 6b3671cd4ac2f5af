-- Whose rows are written: a new row gets the tenant that acts, another's is refused; pure.
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"

local tenancy = {}

---@param model moonpool.Model
function tenancy.refuse_nobody(model)
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('rows of "%s" belong to tenants, and none is acting'):format(model.table.name),
    hint = 'db:as_tenant(id), or :unscoped "tenant" to see all of them' }
end

local function refuse_other(model, name)
  errors.raise { kind = "invalid", table = model.table.name, column = name,
    message = ("%s.%s: the row would be another tenant's"):format(model.table.name, name),
    hint = "leave it out, or act for that one: db:as_tenant(id)" }
end

---@return any  the tenant, for the column where the row names none
local function checked(model, name, given, tenant)
  if tenant == nil then tenancy.refuse_nobody(model) end
  if given ~= nil and given ~= tenant then refuse_other(model, name) end
  return tenant
end

---@param model moonpool.Model
---@param values table<string, any>
---@param tenant any
---@return table<string, any>  of a new row
function tenancy.owned(model, values, tenant)
  local name = model_module.class(model).traits.tenant
  if not name or type(values) ~= "table" then return values end
  local own = {}
  for key, value in pairs(values) do own[key] = value end
  own[name] = checked(model, name, values[name], tenant)
  return own
end

---Raises `invalid` where values would move a row to another tenant.
function tenancy.check_update(model, values, tenant)
  local name = model_module.class(model).traits.tenant
  if name and type(values) == "table" and values[name] ~= nil then
    checked(model, name, values[name], tenant)
  end
end

---Raises `bad_argument` where an upsert by this key could meet another tenant's row.
---@param keys string[]
function tenancy.check_key(model, keys)
  local name = model_module.class(model).traits.tenant
  for _, key in ipairs(keys) do
    if key == name then return end
  end
  if not name then return end
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('an upsert of "%s" may meet rows of other tenants'):format(model.table.name),
    hint = ('its key must have "%s": { key = { "%s", ... } }'):format(name, name) }
end

local function claim_new(work, group)
  local model = group.model
  local name = model_module.class(model).traits.tenant
  for _, object in ipairs(name and group.objects or {}) do
    rawset(object, name, checked(model, name, work:value(object, name), work.tenant))
  end
end

local function check_changed(work, model, one)
  local own = model_module.class(model).traits.tenant
  for _, name in ipairs(one.changed) do
    if name == own then checked(model, name, work:value(one.object, name), work.tenant) end
  end
end

---@param work moonpool.orm.flush.Work  with the tenant that acts
function tenancy.claim(work)
  for _, group in ipairs(work:new_groups()) do claim_new(work, group) end
  local is_kept_apart = false
  for _, group in ipairs(work:updated_groups()) do
    is_kept_apart = is_kept_apart or model_module.class(group.model).traits.tenant ~= nil
  end
  for _, one in ipairs(is_kept_apart and work.updates or {}) do
    check_changed(work, model_module.of(one.object), one)
  end
end

return tenancy
