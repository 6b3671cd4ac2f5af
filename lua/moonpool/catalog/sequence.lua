-- Sequences that stand alone or are a serial column's, read from pg_catalog.
local names_module = require "moonpool.catalog.names"
local qualified = require "moonpool.schema.qualified"
local sequence = require "moonpool.schema.sequence"
local sequence_options = require "moonpool.catalog.sequence_options"
local sql = require "moonpool.catalog.sql"
local type_name = require "moonpool.schema.type_name"

return {
  sql = [[
select c.relname as name, c.relpersistence = 'u' as unlogged,
    pg_catalog.format_type(s.seqtypid, null) as type, s.seqstart as start,
    s.seqincrement as increment, s.seqmin as min, s.seqmax as max, s.seqcache as cache,
    s.seqcycle as cycle, pg_catalog.obj_description(c.oid, 'pg_class') as comment,
    o.relname as owner_table, n.nspname as owner_schema, a.attname as owner_column
  from pg_catalog.pg_sequence s join pg_catalog.pg_class c on c.oid = s.seqrelid
  left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass
    and d.objid = c.oid and d.refclassid = 'pg_catalog.pg_class'::regclass
    and d.refobjsubid > 0 and d.deptype in ('a', 'i')
  left join pg_catalog.pg_class o on o.oid = d.refobjid
  left join pg_catalog.pg_namespace n on n.oid = o.relnamespace
  left join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
  where coalesce(d.deptype, 'a') <> 'i' and c.relnamespace = ]] .. sql.OF_SCHEMA .. " and "
    .. sql.is_own("pg_class", "c.oid") .. " order by 1",

  read = function(row, names)
    local type_sql = type_name.short(row.type)
    local options = sequence_options(row, type_sql)
    options.schema, options.comment = names.object_schema, row.comment
    options.unlogged = row.unlogged
    if type_sql ~= "int8" then options.type = type_sql end
    if row.owner_table then
      options.owned_by = names_module.qualified(names, row.owner_schema, row.owner_table) .. "."
        .. qualified.part(row.owner_column)
    end
    return sequence.new(qualified.part(row.name), options)
  end,
}
