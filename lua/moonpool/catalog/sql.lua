-- Pieces of the statements that read pg_catalog; `$1` is the schema's name.
local sql = {}

sql.OF_SCHEMA = "(select oid from pg_catalog.pg_namespace where nspname = $1)"

---What an extension brought is the extension's.
---@param class string  the catalogue
---@param oid string
---@return string
function sql.is_own(class, oid)
  return ([[not exists (select from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.%s'::regclass and e.objid = %s and e.deptype = 'e')]]):format(
    class, oid)
end

---@param array string  SQL of the columns' numbers
---@param relation string  SQL of the table's oid
---@return string  SQL of their names
function sql.columns(array, relation)
  return ([[(select array_agg(a.attname::text order by k.at)
      from unnest(%s) with ordinality k(n, at)
      join pg_catalog.pg_attribute a on a.attrelid = %s and a.attnum = k.n)]]):format(array,
    relation)
end

---@param alias string  of the collation's catalogue
function sql.collation(alias)
  return ([[%s.collname as collation, (select n.nspname from pg_catalog.pg_namespace n
      where n.oid = %s.collnamespace) as collation_schema]]):format(alias, alias)
end

---What an index `i` says of itself, whether a constraint keeps it or it stands alone.
sql.INDEX_FIELDS = [[
    array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality k(n, at)
      join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.n
      where k.at > i.indnkeyatts order by k.at) as include,
    x.reloptions as options, m.amname as method, s.spcname as tablespace,
    coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false) as nulls_not_distinct,
    pg_catalog.pg_get_expr(i.indpred, i.indrelid) as "where"]]

sql.INDEX_JOINS = [[
  left join pg_catalog.pg_class x on x.oid = i.indexrelid
  left join pg_catalog.pg_am m on m.oid = x.relam
  left join pg_catalog.pg_tablespace s on s.oid = x.reltablespace]]

return sql
