-- Columns of tables and fields of composite types, read from pg_catalog.
local column = require "moonpool.schema.column"
local expression = require "moonpool.sql.expression"
local names_module = require "moonpool.catalog.names"
local null = require "moonpool.null"
local sequence_options = require "moonpool.catalog.sequence_options"
local sql = require "moonpool.catalog.sql"
local type_name = require "moonpool.schema.type_name"

local SHAPES = { e = "enum", r = "range", m = "range", c = "composite", d = "domain" }
local IDENTITIES = { a = "always", d = "by default" }
local STORAGES = { p = "plain", e = "external", x = "extended", m = "main" }
local COMPRESSIONS = { p = "pglz", l = "lz4" }

-- The sequence's name says nothing where it is the one that the server would choose.
local function sequence_name(row, names)
  local sequence = row.sequence
  if sequence.name == ("%s_%s_seq"):format(row.relation, row.name) then return nil end
  return names_module.qualified(names, sequence.schema, sequence.name)
end

local function identity_of(row, type_sql, names)
  local generation = IDENTITIES[row.identity]
  if not generation or not row.sequence then return generation end
  local options = sequence_options(row.sequence, type_sql)
  options.name = sequence_name(row, names)
  if next(options) == nil then return generation end
  options.generation = generation
  return options
end

local function options_of(row, type_sql, names)
  local is_generated = row.generated ~= ""
  local default = row.default
  return {
    null = not row.not_null, comment = row.comment,
    default = not is_generated and default and expression.raw(default) or nil,
    generated = is_generated and default or nil, virtual = row.generated == "v",
    identity = identity_of(row, type_sql, names),
    collation = names_module.collation(row.collation_schema, row.collation),
    storage = STORAGES[row.storage], compression = COMPRESSIONS[row.compression],
    statistics = row.statistics and row.statistics >= 0 and row.statistics or nil,
  }
end

-- What a partition says of a column otherwise than its parent.
local function override_of(row)
  local parent = row.parent
  local inherited = parent.default ~= null and parent.default or nil
  local default = row.default ~= inherited and (row.default or "null") or nil
  return { comment = row.comment, null = not row.not_null or parent.not_null,
    default = default and expression.raw(default) }
end

return {
  sql = [[
select c.relname as relation, a.attname as name,
    pg_catalog.format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
    pg_catalog.pg_get_expr(d.adbin, d.adrelid) as "default", a.attidentity::text as identity,
    a.attgenerated::text as generated, a.attislocal as is_local, t.typtype::text as type_kind, ]]
    .. sql.collation "l" .. [[,
    case when a.attstorage <> t.typstorage then a.attstorage::text end as storage,
    to_jsonb(a) ->> 'attcompression' as compression,
    (to_jsonb(a) ->> 'attstattarget')::int4 as statistics,
    pg_catalog.col_description(a.attrelid, a.attnum) as comment,
    case when c.relispartition then (select jsonb_build_object('not_null', q.attnotnull,
        'default', pg_catalog.pg_get_expr(f.adbin, f.adrelid))
      from pg_catalog.pg_inherits i join pg_catalog.pg_attribute q
        on q.attrelid = i.inhparent and q.attname = a.attname
      left join pg_catalog.pg_attrdef f on f.adrelid = q.attrelid and f.adnum = q.attnum
      where i.inhrelid = c.oid) end as parent,
    case when t.typtype = 'e' then array(select e.enumlabel::text from pg_catalog.pg_enum e
      where e.enumtypid = t.oid order by e.enumsortorder) end as labels,
    (select pg_catalog.format_type(r.rngsubtype, null) from pg_catalog.pg_range r
      where r.rngtypid = t.oid) as subtype,
    (select jsonb_build_object('start', s.seqstart, 'increment', s.seqincrement, 'min', s.seqmin,
        'max', s.seqmax, 'cache', s.seqcache, 'cycle', s.seqcycle, 'name', q.relname,
        'schema', (select n.nspname from pg_catalog.pg_namespace n where n.oid = q.relnamespace))
      from pg_catalog.pg_depend p join pg_catalog.pg_sequence s on s.seqrelid = p.objid
      join pg_catalog.pg_class q on q.oid = s.seqrelid
      where p.refobjid = a.attrelid and p.refobjsubid = a.attnum and p.deptype = 'i'
        and p.classid = 'pg_catalog.pg_class'::regclass) as sequence
  from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_type t on t.oid = a.atttypid
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_catalog.pg_collation l on l.oid = a.attcollation and l.oid <> t.typcollation
  where c.relkind in ('r', 'p', 'c') and a.attnum > 0 and not a.attisdropped
    and c.relnamespace = ]] .. sql.OF_SCHEMA .. " order by c.relname, a.attnum",

  read = function(row, names)
    local type_sql = type_name.short(row.type)
    local item = column.new(row.name, type_sql, options_of(row, type_sql, names))
    item.shape, item.labels = SHAPES[row.type_kind], row.labels
    item.subtype = row.subtype and type_name.short(row.subtype)
    return item
  end,

  -- Nil where the partition says nothing of its own about the column.
  read_override = function(row)
    local own = override_of(row)
    local is_silent = own.default == nil and own.null and not own.comment
    if row.generated ~= "" or is_silent then return nil end
    return column.new(row.name, type_name.short(row.type), own)
  end,

  -- A field has no more than this.
  read_field = function(row)
    return column.new(row.name, type_name.short(row.type), { null = true, comment = row.comment,
      collation = names_module.collation(row.collation_schema, row.collation) })
  end,
}
