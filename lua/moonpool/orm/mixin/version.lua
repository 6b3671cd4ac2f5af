-- `version()`: what a row says of its last change, so that no update overwrites what it has not
-- seen. A column counts the updates; or the server's own `xmin` tells, without a column.
local column = require "moonpool.schema.column"
local errors = require "moonpool.errors"
local options = require "moonpool.options"

local ROWS = {
  { name = "column", kind = "string", doc = 'which counts updates; "version" when left out' },
  { name = "by", kind = "choice", values = { "xmin" }, doc = "what tells, instead of a column" },
}

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = "mp.version: " .. message, hint = hint }
end

local function counted(name)
  return { kind = "group", traits = { version = name },
    build = function() return { column.new(name, "int8", { default = 1 }) } end }
end

local function by_system_column(name)
  return { kind = "group", traits = { version = name },
    build = function() return { column.system(name, "xid") } end }
end

---A session's update or delete of a row that was changed meanwhile raises `stale_object`.
---@param given { column: string?, by: "xmin"? }?
---@return table  a group of one column
return function(given)
  local read = options.read(ROWS, given, { kind = "bad_argument", what = "mp.version" })
  if not read.by then return counted(read.column or "version") end
  if read.column then refuse("xmin is no column of the table's own", "leave column out") end
  return by_system_column(read.by)
end
