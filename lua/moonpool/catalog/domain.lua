-- Domains with their checks, read from pg_catalog.
local constraint = require "moonpool.schema.constraint"
local domain = require "moonpool.schema.domain"
local qualified = require "moonpool.schema.qualified"
local expression = require "moonpool.sql.expression"
local names_module = require "moonpool.catalog.names"
local sql = require "moonpool.catalog.sql"
local type_name = require "moonpool.schema.type_name"

local function checks_of(row)
  local checks = {}
  for at, item in ipairs(row.checks) do
    checks[at] = constraint.check(item.expression, { name = item.name, not_valid = item.not_valid,
      comment = item.comment })
  end
  return checks
end

return {
  sql = [[
select t.typname as name, pg_catalog.format_type(t.typbasetype, t.typtypmod) as type,
    t.typnotnull as not_null, pg_catalog.pg_get_expr(t.typdefaultbin, 0) as "default", ]]
    .. sql.collation "l" .. [[,
    pg_catalog.obj_description(t.oid, 'pg_type') as comment,
    coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', c.conname,
        'expression', pg_catalog.pg_get_expr(c.conbin, 0), 'not_valid', not c.convalidated,
        'comment', pg_catalog.obj_description(c.oid, 'pg_constraint'))) order by c.conname)
      from pg_catalog.pg_constraint c where c.contypid = t.oid and c.contype = 'c'), '[]') as checks
  from pg_catalog.pg_type t join pg_catalog.pg_type b on b.oid = t.typbasetype
  left join pg_catalog.pg_collation l on l.oid = t.typcollation and l.oid <> b.typcollation
  where t.typtype = 'd' and t.typnamespace = ]] .. sql.OF_SCHEMA .. " and "
    .. sql.is_own("pg_type", "t.oid") .. " order by 1",

  read = function(row, names)
    return domain.new(qualified.part(row.name), type_name.short(row.type), {
      schema = names.object_schema, comment = row.comment, null = not row.not_null,
      default = row.default and expression.raw(row.default) or nil,
      collation = names_module.collation(row.collation_schema, row.collation),
      check = checks_of(row),
    })
  end,
}
