-- `version()`: a row counts its updates, so that none overwrites what it has not seen.
local column = require "moonpool.schema.column"
local options = require "moonpool.options"

local ROWS = { { name = "column", kind = "string", default = "version" } }

---A session's update of a row that was changed meanwhile raises `stale_object`.
---@param given { column: string? }?
---@return table  a group of one column
return function(given)
  local read = options.read(ROWS, given, { kind = "bad_argument", what = "mp.version" })
  return { kind = "group", traits = { version = read.column },
    build = function() return { column.new(read.column, "int8", { default = 1 }) } end }
end
