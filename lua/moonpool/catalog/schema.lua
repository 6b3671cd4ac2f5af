-- The schema itself, read from pg_catalog.
local qualified = require "moonpool.schema.qualified"
local schema = require "moonpool.schema.schema"

return {
  sql = [[
select n.nspname as name, pg_catalog.obj_description(n.oid, 'pg_namespace') as comment
  from pg_catalog.pg_namespace n where n.nspname = $1]],

  -- Where the search path leads anyway nothing needs to be made.
  read = function(row, names)
    if row.name == names.own or row.name:find "^pg_" then return nil end
    return schema.new(qualified.part(row.name), { comment = row.comment })
  end,
}
