-- Indexes that no constraint keeps, read from pg_catalog.
local definition = require "moonpool.catalog.definition"
local elements = require "moonpool.catalog.element"
local index = require "moonpool.schema.index"
local settings = require "moonpool.catalog.settings"
local sql = require "moonpool.catalog.sql"

return {
  sql = [[
select r.relname as relation, x.relname as name, i.indisunique as is_unique,
    pg_catalog.pg_get_indexdef(i.indexrelid) as definition,
    pg_catalog.obj_description(i.indexrelid, 'pg_class') as comment,
]] .. sql.INDEX_FIELDS .. [[

  from pg_catalog.pg_index i join pg_catalog.pg_class r on r.oid = i.indrelid
]] .. sql.INDEX_JOINS .. [[

  where not x.relispartition and r.relkind in ('r', 'p', 'm')
    and not exists (select from pg_catalog.pg_constraint c where c.conindid = i.indexrelid
      and c.contype in ('p', 'u', 'x'))
    and r.relnamespace = ]] .. sql.OF_SCHEMA .. " order by r.relname, x.relname",

  read = function(row)
    local given = elements(definition.list_of(row.definition))
    given.name, given.comment, given.unique = row.name, row.comment, row.is_unique
    given.using = row.method ~= "btree" and row.method or nil
    given.where, given.tablespace = row.where, row.tablespace
    given.nulls_not_distinct = row.nulls_not_distinct
    given.include = #row.include > 0 and row.include or nil
    given.with = settings(row.options)
    return index.new(given)
  end,
}
