-- A view as data: a query under a name; it can be read from like a table.
local given_module = require "moonpool.schema.given"
local object = require "moonpool.schema.object"
local query_text = require "moonpool.schema.query_text"
local source = require "moonpool.sql.source"

local view = {}

local ROWS = {
  { name = "columns", kind = "strings", doc = "their names, where the query does not name them" },
  { name = "comments", kind = "settings", doc = "of columns, by name" },
  { name = "recursive", kind = "boolean", default = false },
  { name = "security_barrier", kind = "boolean", default = false },
  { name = "security_invoker", kind = "boolean", default = false },
  { name = "check_option", kind = "choice", values = { "local", "cascaded" } },
}

---@param kind "view" | "materialized_view"
---@param name string
---@param query string | table  SQL, or a select; its values are written into the text
---@param given table?
---@param rows moonpool.OptionRow[]
---@return moonpool.schema.Object  with `query`; also a source for `from`
function view.make(kind, name, query, given, rows)
  local self = object.new(kind, name, given, rows)
  self.query = query_text(query, object.what(kind, name))
  if self.columns then given_module.check_names(object.what(kind, name), self.columns) end
  self.source = source.new { name = self.name, schema = self.schema, columns = self.columns }
  return self
end

---@param name string
---@param query string | table
---@param given table?  `columns`, `recursive`, `security_barrier`, `check_option`, ...
---@return moonpool.schema.Object
function view.new(name, query, given)
  local self = view.make("view", name, query, given, ROWS)
  if self.recursive and not self.columns then
    given_module.refuse(object.what("view", name), "a recursive view must name its columns",
      'columns = { "id", "parent_id" }')
  end
  return self
end

return view
