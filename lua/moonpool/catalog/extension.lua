-- Extensions of the database, read from pg_catalog; plpgsql is always there, and each brings a
-- comment of its own.
local extension = require "moonpool.schema.extension"
local names_module = require "moonpool.catalog.names"
local qualified = require "moonpool.schema.qualified"

return {
  sql = [[
select e.extname as name, n.nspname as schema, e.extrelocatable as is_relocatable,
    nullif(pg_catalog.obj_description(e.oid, 'pg_extension'), a.comment) as comment
  from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
  left join pg_catalog.pg_available_extensions a on a.name = e.extname
  where e.extname <> 'plpgsql' and $1::text is not null order by 1]],

  read = function(row, names)
    return extension.new(qualified.part(row.name), { comment = row.comment,
      schema = row.is_relocatable and names_module.schema(names, row.schema) or nil })
  end,
}
