-- Which rows a repository's statements reach: by scopes, the model's own conditions, a filter.
local errors = require "moonpool.errors"
local model_scope = require "moonpool.orm.scope"
local related_filter = require "moonpool.orm.loading.related_filter"
local tenancy = require "moonpool.orm.tenancy"

local limits = {}

---Raises `bad_argument`, naming the model.
---@param self moonpool.Repository
function limits.refuse(self, message, hint)
  local name = self.model.table.name
  errors.raise { kind = "bad_argument", hint = hint, table = name,
    message = ('the repository of "%s": %s'):format(name, message) }
end

---@return moonpool.Executor  what the repository is bound to
function limits.executor_of(self)
  local executor = rawget(self, "executor")
  if executor then return executor end
  limits.refuse(self, "it has no engine", "bind it first: repository:using(db)")
end

---A scope narrows whatever statement it is given, be it a read, an update or a delete.
function limits.narrowed(self, statement)
  for _, scope in ipairs(rawget(self, "applied") or {}) do
    statement = scope(statement, self.model)
    if statement == nil then
      limits.refuse(self, "a scope gives back nothing",
        "return what it made: return q:where { ... }")
    end
  end
  return statement
end

---Rows that were deleted softly, and other tenants', are out of everything that does not name them.
function limits.kept(self, statement)
  local reach = { with_deleted = rawget(self, "has_deleted"),
    tenant = limits.executor_of(self).tenant, is_unscoped = rawget(self, "is_unscoped") }
  return model_scope.narrow(statement, self.model, self.model.source, reach)
end

---As the model means it: relations, computed values and columns' own functions are known.
function limits.filtered(self, statement, filter)
  if not filter then return statement end
  return statement:where(related_filter.read(self.model, filter))
end

---@return table<string, any>  the values of a new row, with the tenant that acts
function limits.owned(self, values)
  return tenancy.owned(self.model, values, limits.executor_of(self).tenant)
end

---Raises `invalid` where the values would give a row to another tenant.
function limits.check_owned(self, values)
  if rawget(self, "is_unscoped") then return end
  tenancy.check_update(self.model, values, limits.executor_of(self).tenant)
end

return limits
