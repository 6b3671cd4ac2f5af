-- Tables, partitions, views and composite types, read from pg_catalog, put together of their parts.
local column = require "moonpool.catalog.column"
local composite = require "moonpool.schema.composite"
local element = require "moonpool.catalog.element"
local qualified = require "moonpool.schema.qualified"
local expression = require "moonpool.sql.expression"
local materialized_view = require "moonpool.schema.materialized_view"
local names_module = require "moonpool.catalog.names"
local partition = require "moonpool.schema.partition"
local schema_table = require "moonpool.schema.table"
local settings = require "moonpool.catalog.settings"
local sql = require "moonpool.catalog.sql"
local sql_scan = require "moonpool.schema.sql_scan"
local view = require "moonpool.schema.view"

local REPLICA_IDENTITIES = { f = "full", n = "nothing" }

local function partition_key(row)
  if not row.partition_key then return nil end
  local by, list = row.partition_key:match "^(%u+) %((.*)%)$"
  local key = element(list)
  key.by = by:lower()
  return key
end

local function row_security(row)
  return row.forced and "force" or row.row_security or nil
end

local function append(list, ...)
  for _, more in ipairs { ... } do table.move(more, 1, #more, #list + 1, list) end
  return list
end

-- `{ schema =, name = }` of its parents as names.
local function parents_of(row, names)
  local list = {}
  for at, parent in ipairs(row.parents) do
    list[at] = names_module.qualified(names, parent.schema, parent.name)
  end
  return list
end

-- Those that it inherits come with it.
local function local_columns(parts, names)
  local list = {}
  for _, row in ipairs(parts.columns) do
    if row.is_local then list[#list + 1] = column.read(row, names) end
  end
  return list
end

local function new_table(row, names, parts)
  local parents = parents_of(row, names)
  local options = {
    schema = names.object_schema, comment = row.comment, unlogged = row.unlogged,
    with = settings(row.options), tablespace = row.tablespace, row_security = row_security(row),
    partition = partition_key(row), inherits = #parents > 0 and parents or nil,
    using = row.method ~= "heap" and row.method or nil,
    replica_identity = REPLICA_IDENTITIES[row.replica_identity] or row.replica_index,
  }
  return schema_table.new(row.name, append(local_columns(parts, names), parts.constraints,
    parts.indexes), options)
end

local function raw_list(text)
  local list = sql_scan.split(text)
  for at, part in ipairs(list) do list[at] = expression.raw(part) end
  return list
end

-- What stands behind FOR VALUES, as options.
local function set_bounds(given, bound)
  local from, to = bound:match "^FOR VALUES FROM %((.*)%) TO %((.*)%)$"
  local values = bound:match "^FOR VALUES IN %((.*)%)$"
  local modulus, remainder = bound:match "modulus (%d+), remainder (%d+)"
  if bound == "DEFAULT" then given.default = true
  elseif values then given.values = raw_list(values)
  elseif from then given.from, given.to = raw_list(from), raw_list(to)
  else
    given.modulus = math.tointeger(tonumber(modulus))
    given.remainder = math.tointeger(tonumber(remainder))
  end
end

local function overrides(parts)
  local list = {}
  for _, row in ipairs(parts.columns) do
    list[#list + 1] = row.parent and column.read_override(row) or nil
  end
  return list
end

local function new_partition(row, names, parts)
  local given = append(overrides(parts), parts.constraints, parts.indexes)
  given.of, given.schema = parents_of(row, names)[1], names.object_schema
  given.comment, given.unlogged, given.with = row.comment, row.unlogged, settings(row.options)
  given.tablespace, given.row_security = row.tablespace, row_security(row)
  given.partition = partition_key(row)
  set_bounds(given, row.bound)
  return partition.new(qualified.part(row.name), given)
end

local ON = { ["true"] = true, on = true, yes = true, ["1"] = true }

-- The catalogue keeps what was written.
local function is_on(value)
  return ON[tostring(value):lower()] == true
end

local function new_view(row, names)
  local options = settings(row.options) or {}
  return view.new(qualified.part(row.name), row.query, {
    schema = names.object_schema, comment = row.comment, comments = row.comments,
    security_barrier = is_on(options.security_barrier),
    security_invoker = is_on(options.security_invoker), check_option = options.check_option,
  })
end

local function new_materialized_view(row, names, parts)
  return materialized_view.new(qualified.part(row.name), row.query, {
    schema = names.object_schema, comment = row.comment, comments = row.comments,
    with = settings(row.options), tablespace = row.tablespace, with_data = row.populated,
    indexes = parts.indexes,
    using = row.method ~= "heap" and row.method or nil,
  })
end

local function new_composite(row, names, parts)
  local fields = {}
  for at, field in ipairs(parts.columns) do fields[at] = column.read_field(field) end
  return composite.new(qualified.part(row.name), fields,
    { schema = names.object_schema, comment = row.comment })
end

local MAKERS = { r = new_table, p = new_table, v = new_view, m = new_materialized_view,
  c = new_composite }

return {
  sql = [[
select c.relname as name, c.relkind::text as kind, c.relpersistence = 'u' as unlogged,
    c.reloptions || array(select 'toast.' || o
      from pg_catalog.pg_class t cross join unnest(t.reloptions) o
      where t.oid = c.reltoastrelid) as options, c.relreplident::text as replica_identity,
    (select x.relname from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid
      where i.indrelid = c.oid and i.indisreplident) as replica_index,
    m.amname as method, s.spcname as tablespace,
    c.relrowsecurity as row_security, c.relforcerowsecurity as forced,
    c.relispopulated as populated,
    case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as partition_key,
    pg_catalog.pg_get_expr(c.relpartbound, c.oid) as bound,
    case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end as query,
    coalesce((select jsonb_agg(jsonb_build_object('schema', n.nspname, 'name', p.relname)
        order by i.inhseqno)
      from pg_catalog.pg_inherits i join pg_catalog.pg_class p on p.oid = i.inhparent
      join pg_catalog.pg_namespace n on n.oid = p.relnamespace
      where i.inhrelid = c.oid), '[]') as parents,
    case when c.relkind in ('v', 'm') then (select jsonb_object_agg(a.attname, d.description)
      from pg_catalog.pg_description d join pg_catalog.pg_attribute a
        on a.attrelid = d.objoid and a.attnum = d.objsubid
      where d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = c.oid) end as comments,
    case when c.relkind = 'c' then pg_catalog.obj_description(c.reltype, 'pg_type')
      else pg_catalog.obj_description(c.oid, 'pg_class') end as comment
  from pg_catalog.pg_class c left join pg_catalog.pg_am m on m.oid = c.relam
  left join pg_catalog.pg_tablespace s on s.oid = c.reltablespace
  where c.relkind in ('r', 'p', 'v', 'm', 'c') and c.relnamespace = ]] .. sql.OF_SCHEMA .. " and "
    .. sql.is_own("pg_class", "c.oid") .. " order by 1",

  ---@param parts { columns: table[], constraints: table[], indexes: table[] }  rows of columns
  read = function(row, names, parts)
    local make = row.bound and new_partition or MAKERS[row.kind]
    return make(row, names, parts)
  end,
}
