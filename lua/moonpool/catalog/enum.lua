-- Enum types, read from pg_catalog.
local enum = require "moonpool.schema.enum"
local sql = require "moonpool.catalog.sql"
local qualified = require "moonpool.schema.qualified"

return {
  sql = [[
select t.typname as name, pg_catalog.obj_description(t.oid, 'pg_type') as comment,
    array(select e.enumlabel::text from pg_catalog.pg_enum e where e.enumtypid = t.oid
      order by e.enumsortorder) as labels
  from pg_catalog.pg_type t where t.typtype = 'e' and t.typnamespace = ]] .. sql.OF_SCHEMA
    .. " and " .. sql.is_own("pg_type", "t.oid") .. " order by 1",

  read = function(row, names)
    return enum.new(qualified.part(row.name), row.labels,
      { schema = names.object_schema, comment = row.comment })
  end,
}
