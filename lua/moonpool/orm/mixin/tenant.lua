-- `tenant "account_id"`: rows belong to tenants, and whoever acts for one sees no other's.
local errors = require "moonpool.errors"
local suggest = require "moonpool.util.suggest"

local function check_column(owner, items, name)
  local names = {}
  for _, item in ipairs(items) do
    if item.kind == "column" then names[item.name] = true end
  end
  if names[name] then return end
  errors.raise { kind = "bad_argument", table = owner.name,
    message = ('mp.tenant: "%s" has no column "%s"%s'):format(owner.name, name,
      suggest.phrase(name, names)),
    hint = ('declare it: mp.belongs_to("account", { table = "accounts", column = "%s" })'):format(
      name) }
end

---Reads and writes through sessions and repositories need `db:as_tenant(id)`, or say
---`:unscoped "tenant"`.
---@param name string  a column of the model
---@return table  a group
return function(name)
  if type(name) ~= "string" then
    errors.raise { kind = "bad_argument", message = "mp.tenant names no column",
      hint = 'mp.tenant "account_id"' }
  end
  return { kind = "group", traits = { tenant = name }, build = function() return {} end,
    finish = function(owner, items)
      if not owner.is_subclass then check_column(owner, items, name) end
      return items
    end }
end
