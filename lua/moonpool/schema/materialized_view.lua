-- A materialized view as data: a query whose rows are kept until they are refreshed.
local given_module = require "moonpool.schema.given"
local identifier = require "moonpool.sql.identifier"
local index = require "moonpool.schema.index"
local naming = require "moonpool.schema.naming"
local object = require "moonpool.schema.object"
local options = require "moonpool.options"
local view = require "moonpool.schema.view"

local materialized_view = {}

local ROWS = {
  { name = "columns", kind = "strings", doc = "their names, where the query does not name them" },
  { name = "comments", kind = "settings", doc = "of columns, by name" },
  { name = "using", kind = "string", doc = "the access method" },
  { name = "with", kind = "settings", doc = "storage parameters: { fillfactor = 70 }" },
  { name = "tablespace", kind = "string" },
  { name = "with_data", kind = "boolean", default = true, doc = "filled when it is created" },
  { name = "indexes", kind = "table", default = {}, doc = "a list of mp.index" },
}

local REFRESH = {
  { name = "concurrently", kind = "boolean", default = false,
    doc = "readers do not wait; it needs a unique index" },
  { name = "with_data", kind = "boolean", default = true },
}

local function named_indexes(self, what)
  local list = {}
  for at, item in ipairs(self.indexes) do
    if not index.is_index(item) then
      given_module.refuse(what, ("item %d of its indexes is no index"):format(at),
        'indexes = { mp.index { "id", unique = true } }')
    end
    local copy = {}
    for key, value in pairs(item) do copy[key] = value end
    copy.name = item.name or naming.index(self.name, index.parts(item))
    list[at] = setmetatable(copy, getmetatable(item))
  end
  return list
end

---@param name string
---@param query string | table
---@param given table?  `columns`, `with_data`, `indexes`, `with`, `tablespace`, ...
---@return moonpool.schema.Object
function materialized_view.new(name, query, given)
  local self = view.make("materialized_view", name, query, given, ROWS)
  self.indexes = named_indexes(self, object.what("materialized_view", name))
  return self
end

local Methods = object.class "materialized_view"

---Run its query anew.
---@async
---@param db table  an engine, connection or transaction
---@param given { concurrently: boolean?, with_data: boolean? }?
function Methods:refresh(db, given)
  local what = ('refresh of "%s"'):format(self.name)
  local read = options.read(REFRESH, given, { kind = "bad_argument", what = what })
  if read.concurrently and not read.with_data then
    given_module.refuse(what, "concurrently and with_data = false exclude each other",
      "keep one of them")
  end
  db:exec(("refresh materialized view %s%s%s"):format(read.concurrently and "concurrently " or "",
    identifier.qualified(self.schema, self.name), read.with_data and "" or " with no data"))
end

return materialized_view
