-- What others than an object's owner may do with it, read from pg_catalog.
local grant = require "moonpool.schema.grant"
local sql = require "moonpool.catalog.sql"
local qualified = require "moonpool.schema.qualified"

local function of_own(class, oid, schema)
  return ("%s = %s and %s"):format(schema, sql.OF_SCHEMA, sql.is_own(class, oid))
end

-- Every object that has rights: its kind and name, its rights, and what everybody has by default.
local OBJECTS = ([[
    select case when c.relkind = 'S' then 'sequence' else 'table' end as kind,
        c.relname::text as name, null::text as args, null::text as column_name, c.relacl as acl,
        c.relowner as owner, 'r'::"char" as class
      from pg_catalog.pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'S') and %s
    union all
    select 'table', c.relname, null, a.attname, a.attacl, c.relowner, 'c'
      from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
      where a.attnum > 0 and not a.attisdropped and %s
    union all
    select case when p.prokind = 'p' then 'procedure' else 'func' end, p.proname,
        pg_catalog.pg_get_function_identity_arguments(p.oid), null, p.proacl, p.proowner, 'f'
      from pg_catalog.pg_proc p where p.prokind in ('f', 'p', 'w') and %s
    union all
    select 'type', t.typname, null, null, t.typacl, t.typowner, 'T' from pg_catalog.pg_type t
      where (t.typtype in ('e', 'd', 'c') or exists
        (select from pg_catalog.pg_range r where r.rngtypid = t.oid and r.rngcanonical = 0)) and %s
    union all
    select 'schema', n.nspname, null, null, n.nspacl, n.nspowner, 'n'
      from pg_catalog.pg_namespace n where n.nspname = $1]]):format(
  of_own("pg_class", "c.oid", "c.relnamespace"), of_own("pg_class", "c.oid", "c.relnamespace"),
  of_own("pg_proc", "p.oid", "p.pronamespace"), of_own("pg_type", "t.oid", "t.typnamespace"))

-- Rights of others than the owner, and what was taken from everybody.
local RIGHTS = [[
    select o.*, x.grantee, x.privilege_type, x.is_grantable, false as is_revoked
      from objects o cross join pg_catalog.aclexplode(o.acl) x where x.grantee <> o.owner
    union all
    select o.*, x.grantee, x.privilege_type, false, true
      from objects o cross join pg_catalog.aclexplode(pg_catalog.acldefault(o.class, o.owner)) x
      where o.acl is not null and x.grantee = 0 and not exists (
        select from pg_catalog.aclexplode(o.acl) y
          where y.grantee = 0 and y.privilege_type = x.privilege_type)]]

return {
  sql = ([[
with objects as (%s),
  rights as (%s)
select o.kind, o.name, o.args, o.column_name, coalesce(g.rolname::text, 'public') as grantee,
    array_agg(lower(o.privilege_type) order by o.privilege_type) as privileges,
    o.is_grantable as with_grant_option, o.is_revoked as revoke
  from rights o left join pg_catalog.pg_roles g on g.oid = o.grantee
  group by 1, 2, 3, 4, 5, 7, 8
  order by 1, 2, 3 nulls first, 4 nulls first, 5, 8, 7]]):format(OBJECTS, RIGHTS),

  -- The schema's own are told of where the schema is.
  read = function(row, names)
    local is_schema = row.kind == "schema"
    if is_schema and row.name == names.own then return nil end
    local given = row.privileges
    given.on, given.kind = qualified.part(row.name), row.kind
    given.args, given.to = row.args, row.grantee
    given.schema = not is_schema and names.object_schema or nil
    given.columns = row.column_name and { row.column_name } or nil
    given.with_grant_option, given.revoke = row.with_grant_option, row.revoke
    return grant.new(given)
  end,
}
