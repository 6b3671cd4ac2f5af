-- `update(Model):set{...}:where{...}`: changes rows; immutable.
local errors = require "moonpool.errors"
local source = require "moonpool.sql.source"
local statement = require "moonpool.sql.statement"

---@class moonpool.sql.Update
local Update = statement.class "Update"

Update.where = statement.where
Update.returning = statement.returning

---@param given table<string, any>  values, mp.null or expressions by column name
function Update:set(given)
  local list = statement.assignments(given, self.source)
  if #list == 0 then
    errors.raise { kind = "bad_argument", message = "an update sets nothing",
      hint = "name at least one column in set{...}" }
  end
  return statement.with(self, { assignments = list })
end

---@param table_like any
---@return moonpool.sql.Update
return function(table_like)
  return setmetatable({ kind = "update", source = source.of(table_like), assignments = {},
    conditions = {}, results = {} }, Update)
end
