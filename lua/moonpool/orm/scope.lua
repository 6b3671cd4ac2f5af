-- What each read of a model leaves out: softly deleted rows, other classes, other tenants; pure.
local errors = require "moonpool.errors"
local model_module = require "moonpool.orm.model"
local tenancy = require "moonpool.orm.tenancy"

local scope = {}

local function is_not_deleted(model, source)
  local name = model_module.class(model).traits.soft_delete
  return name and source:column(name):is_null()
end

-- Of a class, and of those derived from it.
local function is_of_class(model, source)
  local class = model_module.class(model)
  if not class.value then return nil end
  local values = {}
  for at, subclass in ipairs(model_module.subclasses(model)) do
    values[at] = model_module.class(subclass).value
  end
  local column = source:column(class.discriminator)
  if #values == 0 then return column:eq(class.value) end
  return column:one_of { class.value, table.unpack(values) }
end

local function is_of_tenant(model, source, reach)
  local name = model_module.class(model).traits.tenant
  if not name or reach.is_unscoped then return nil end
  if reach.tenant == nil then tenancy.refuse_nobody(model) end
  return source:column(name):eq(reach.tenant)
end

---@class moonpool.orm.Reach  what a read may see
---@field with_deleted boolean?
---@field tenant any
---@field is_unscoped boolean?  the rows of all tenants

---@param reach moonpool.orm.Reach
---@param changes table
---@return moonpool.orm.Reach
function scope.reach(reach, changes)
  local copy = { with_deleted = reach.with_deleted, tenant = reach.tenant,
    is_unscoped = reach.is_unscoped }
  for name, value in pairs(changes) do copy[name] = value end
  return copy
end

---@param what string
---@return table changes  of a reach, for `unscoped "tenant"`
function scope.unscoped(what)
  if what == "tenant" then return { is_unscoped = true } end
  errors.raise { kind = "bad_argument",
    message = ('unscoped leaves "tenant", not "%s"'):format(tostring(what)),
    hint = ':unscoped "tenant"; for soft deletes: :with_deleted()' }
end

---@param model moonpool.Model
---@param source moonpool.sql.Source  the model's, or under an alias
---@param reach moonpool.orm.Reach
---@return moonpool.sql.Expression[]
function scope.conditions(model, source, reach)
  local list = {}
  if not reach.with_deleted then list[#list + 1] = is_not_deleted(model, source) end
  list[#list + 1] = is_of_class(model, source)
  list[#list + 1] = is_of_tenant(model, source, reach)
  return list
end

---@param object table  one that a session knows already
---@return boolean  whether a read of the model could have given it; soft deletes aside
function scope.sees(object, model, reach)
  local name = model_module.class(model).traits.tenant
  if not model_module.is_a(model_module.of(object), model) then return false end
  if not name or reach.is_unscoped then return true end
  if reach.tenant == nil then tenancy.refuse_nobody(model) end
  return rawget(object, name) == reach.tenant
end

---@param statement table  one with `where`
---@return table  narrowed to the model's rows
function scope.narrow(statement, model, source, reach)
  for _, condition in ipairs(scope.conditions(model, source, reach)) do
    statement = statement:where(condition)
  end
  return statement
end

return scope
