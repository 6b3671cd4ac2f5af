-- `delete(Model):where{...}`: removes rows; immutable.
local source = require "moonpool.sql.source"
local statement = require "moonpool.sql.statement"

---@class moonpool.sql.Delete
local Delete = statement.class "Delete"

Delete.where = statement.where
Delete.returning = statement.returning

---@param table_like any
---@return moonpool.sql.Delete
return function(table_like)
  return setmetatable({ kind = "delete", source = source.of(table_like), conditions = {},
    results = {} }, Delete)
end
