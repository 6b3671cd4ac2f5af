-- Constraints of tables, read from pg_catalog.
local constraint = require "moonpool.schema.constraint"
local definition = require "moonpool.catalog.definition"
local elements = require "moonpool.catalog.element"
local names_module = require "moonpool.catalog.names"
local settings = require "moonpool.catalog.settings"
local sql = require "moonpool.catalog.sql"

local ACTIONS = { r = "restrict", c = "cascade", n = "set null", d = "set default" }

local function not_empty(list)
  return list and #list > 0 and list or nil
end

local function deferrable_of(row)
  return row.is_deferrable and (row.is_deferred and "deferred" or "immediate") or false
end

-- Of those that an index keeps.
local function indexed(row, given)
  given.name, given.comment, given.deferrable = row.name, row.comment, deferrable_of(row)
  given.include, given.with = not_empty(row.include), settings(row.options)
  given.tablespace = row.tablespace
  return given
end

local readers = {}

function readers.p(row)
  return constraint.primary_key(indexed(row, row.columns))
end

function readers.u(row)
  local given = indexed(row, row.columns)
  given.nulls_not_distinct = row.nulls_not_distinct
  return constraint.unique(given)
end

function readers.c(row)
  return constraint.check(row.expression, { name = row.name, comment = row.comment,
    no_inherit = row.no_inherit, not_valid = row.not_valid })
end

function readers.x(row)
  local given = indexed(row, elements(definition.list_of(row.definition)))
  given.using, given.where = row.method, row.where
  return constraint.exclude(given)
end

function readers.f(row, names)
  local given = row.columns
  given.name, given.comment, given.deferrable = row.name, row.comment, deferrable_of(row)
  given.not_valid, given.target = row.not_valid, row.target_columns
  given.table, given.schema = row.target, names_module.schema(names, row.target_schema)
  given.on_delete, given.on_update = ACTIONS[row.on_delete], ACTIONS[row.on_update]
  given.on_delete_columns = not_empty(row.set_columns)
  given.match = row.match == "f" and "full" or nil
  return constraint.foreign_key(given)
end

return {
  -- What a partition or an heir has from its parent comes with it.
  sql = [[
select r.relname as relation, c.conname as name, c.contype::text as kind,
    c.condeferrable as is_deferrable, c.condeferred as is_deferred,
    not c.convalidated as not_valid, c.connoinherit as no_inherit, ]]
    .. sql.columns("c.conkey", "c.conrelid") .. [[ as columns,
    t.nspname as target_schema, f.relname as target, ]]
    .. sql.columns("c.confkey", "c.confrelid") .. [[ as target_columns,
    c.confdeltype::text as on_delete, c.confupdtype::text as on_update,
    c.confmatchtype::text as match,
    array(select a.attname::text from pg_catalog.pg_attribute a where a.attrelid = c.conrelid
      and to_jsonb(c) -> 'confdelsetcols' @> to_jsonb(a.attnum) order by a.attnum) as set_columns,
    pg_catalog.pg_get_expr(c.conbin, c.conrelid) as expression,
    pg_catalog.pg_get_constraintdef(c.oid) as definition,
    pg_catalog.obj_description(c.oid, 'pg_constraint') as comment,
]] .. sql.INDEX_FIELDS .. [[

  from pg_catalog.pg_constraint c join pg_catalog.pg_class r on r.oid = c.conrelid
  left join pg_catalog.pg_class f on f.oid = c.confrelid
  left join pg_catalog.pg_namespace t on t.oid = f.relnamespace
  left join pg_catalog.pg_index i on i.indexrelid = c.conindid and c.contype in ('p', 'u', 'x')
]] .. sql.INDEX_JOINS .. [[

  where c.contype in ('p', 'u', 'c', 'f', 'x') and c.conislocal and c.conparentid = 0
    and r.relnamespace = ]] .. sql.OF_SCHEMA .. " order by r.relname, c.contype, c.conname",

  read = function(row, names)
    return readers[row.kind](row, names)
  end,
}
