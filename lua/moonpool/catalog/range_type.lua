-- Range types, read from pg_catalog; one with a canonical function, which is written in C, is not.
local names_module = require "moonpool.catalog.names"
local qualified = require "moonpool.schema.qualified"
local range_type = require "moonpool.schema.range_type"
local sql = require "moonpool.catalog.sql"
local type_name = require "moonpool.schema.type_name"

-- What pg_catalog has goes by its name alone.
local function beside(names, schema, name)
  if name == nil then return nil end
  return names_module.qualified(names, schema ~= "pg_catalog" and schema or names.own, name)
end

local function multirange_of(row, names)
  if row.multirange == nil then return nil end
  local is_usual = row.multirange == range_type.multirange_of(row.name)
    and row.multirange_schema == row.schema
  if is_usual then return nil end
  return names_module.qualified(names, row.multirange_schema, row.multirange)
end

return {
  -- Multiranges came with release 14.
  sql = [[
select t.typname as name, n.nspname as schema,
    pg_catalog.format_type(r.rngsubtype, null) as subtype,
    case when not o.opcdefault then o.opcname end as operator_class,
    (select nspname from pg_catalog.pg_namespace where oid = o.opcnamespace) as class_schema, ]]
    .. sql.collation "l" .. [[,
    d.proname as subtype_diff,
    (select nspname from pg_catalog.pg_namespace where oid = d.pronamespace) as diff_schema,
    m.typname as multirange,
    (select nspname from pg_catalog.pg_namespace where oid = m.typnamespace) as multirange_schema,
    pg_catalog.obj_description(t.oid, 'pg_type') as comment
  from pg_catalog.pg_range r join pg_catalog.pg_type t on t.oid = r.rngtypid
  join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  join pg_catalog.pg_type s on s.oid = r.rngsubtype
  join pg_catalog.pg_opclass o on o.oid = r.rngsubopc
  left join pg_catalog.pg_collation l on l.oid = r.rngcollation and l.oid <> s.typcollation
  left join pg_catalog.pg_proc d on d.oid = r.rngsubdiff
  left join pg_catalog.pg_type m on m.oid = (to_jsonb(r) ->> 'rngmultitypid')::oid
  where r.rngcanonical = 0 and t.typnamespace = ]] .. sql.OF_SCHEMA .. " and "
    .. sql.is_own("pg_type", "t.oid") .. " order by 1",

  read = function(row, names)
    return range_type.new(qualified.part(row.name), {
      schema = names.object_schema, comment = row.comment,
      subtype = type_name.short(row.subtype),
      operator_class = beside(names, row.class_schema, row.operator_class),
      collation = names_module.collation(row.collation_schema, row.collation),
      subtype_diff = beside(names, row.diff_schema, row.subtype_diff),
      multirange = multirange_of(row, names),
    })
  end,
}
