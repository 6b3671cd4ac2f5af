-- What a schema has of kinds that nothing is declared for: aggregates, foreign tables, rules, ...
local sql = require "moonpool.catalog.sql"

-- The catalogue, its namespace's column, and which rows of it.
local KINDS = {
  { "pg_class", "relnamespace", "o.relkind = 'f'" },
  { "pg_proc", "pronamespace", [[(o.prokind = 'a' or o.prolang in
    (select l.oid from pg_catalog.pg_language l where l.lanname in ('c', 'internal')))]] },
  { "pg_type", "typnamespace", [[(o.typtype = 'b' and o.typcategory <> 'A' or exists
    (select from pg_catalog.pg_range r where r.rngtypid = o.oid and r.rngcanonical <> 0))]] },
  { "pg_collation", "collnamespace" }, { "pg_operator", "oprnamespace" },
  { "pg_opclass", "opcnamespace" }, { "pg_opfamily", "opfnamespace" },
  { "pg_conversion", "connamespace" }, { "pg_ts_config", "cfgnamespace" },
  { "pg_ts_dict", "dictnamespace" }, { "pg_statistic_ext", "stxnamespace" },
}

local parts = {
  ([[select 'pg_catalog.pg_rewrite'::regclass as class, o.oid
      from pg_catalog.pg_rewrite o join pg_catalog.pg_class c on c.oid = o.ev_class
      where o.rulename <> '_RETURN' and c.relnamespace = %s and %s]]):format(sql.OF_SCHEMA,
    sql.is_own("pg_class", "c.oid")),
}
for _, kind in ipairs(KINDS) do
  parts[#parts + 1] = ([[select 'pg_catalog.%s'::regclass, o.oid from pg_catalog.%s o
      where o.%s = %s and %s and %s]]):format(kind[1], kind[1], kind[2], sql.OF_SCHEMA,
    sql.is_own(kind[1], "o.oid"), kind[3] or "true")
end

return {
  -- Functions that come with a range type are part of it.
  sql = ([[select i.type || ' ' || i.identity as what from (
    %s) found cross join pg_catalog.pg_identify_object(found.class, found.oid, 0) i
    where not exists (select from pg_catalog.pg_depend d where d.classid = found.class
      and d.objid = found.oid and d.deptype = 'i') order by 1]])
    :format(table.concat(parts, "\n    union all ")),

  ---@return string  "aggregate app.total(integer)"
  read = function(row)
    return row.what
  end,
}
