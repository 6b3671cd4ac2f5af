-- Row security policies, read from pg_catalog.
local policy = require "moonpool.schema.policy"
local sql = require "moonpool.catalog.sql"
local qualified = require "moonpool.schema.qualified"

local COMMANDS = { ["*"] = "all", r = "select", a = "insert", w = "update", d = "delete" }

return {
  sql = [[
select r.relname as relation, p.polname as name, p.polpermissive as is_permissive,
    p.polcmd::text as command, pg_catalog.pg_get_expr(p.polqual, p.polrelid) as "using",
    pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as "check",
    array(select coalesce(o.rolname::text, 'public')
      from unnest(p.polroles) with ordinality k(n, at)
      left join pg_catalog.pg_roles o on o.oid = k.n order by k.at) as roles,
    pg_catalog.obj_description(p.oid, 'pg_policy') as comment
  from pg_catalog.pg_policy p join pg_catalog.pg_class r on r.oid = p.polrelid
  where r.relnamespace = ]] .. sql.OF_SCHEMA .. " order by r.relname, p.polname",

  read = function(row, names)
    return policy.new(qualified.part(row.name), {
      table = row.relation, schema = names.object_schema, comment = row.comment,
      as = row.is_permissive and "permissive" or "restrictive", command = COMMANDS[row.command],
      to = row.roles, using = row.using, check = row.check,
    })
  end,
}
