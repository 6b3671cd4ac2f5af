-- `delete(Model):where{...}`: removes rows; immutable.
local cte = require "moonpool.sql.cte"
local join = require "moonpool.sql.join"
local node = require "moonpool.sql.node"
local source = require "moonpool.sql.source"
local statement = require "moonpool.sql.statement"

node.layout("delete", {}, { "ctes", "source", "sources", "joins", "conditions", "results" }, true)

---@class moonpool.sql.Delete
local Delete = statement.class("Delete", "delete",
  { "ctes", "sources", "joins", "conditions", "results" }, cte.methods, join.methods)

Delete.where = statement.where
Delete.returning = statement.returning

---Tables that are read beside; conditions tie them to the one whose rows go.
function Delete:using(...)
  local sources, given = {}, table.pack(...)
  for at = 1, math.max(1, given.n) do sources[at] = source.of(given[at]) end
  return statement.add(self, "sources", sources)
end

---@param table_like any
---@return moonpool.sql.Delete
return function(table_like)
  return statement.on(Delete, source.written(table_like))
end
