-- relations.lua - tables, partitions and views as declared, and what the catalogue says of them.
local c = require "moonpool.column"
local mp = require "moonpool"
local table_of = require "spec.support.schema_cases.table_of"

local TABLE = [[
select concat_ws(' ', relkind::text, relpersistence::text, reloptions::text, amname,
    case when relrowsecurity then 'security' end, case when relforcerowsecurity then 'forced' end,
    pg_get_partkeydef(c.oid), pg_get_expr(relpartbound, c.oid),
    (select 'of ' || string_agg(inhparent::regclass::text, ',' order by inhseqno)
       from pg_inherits where inhrelid = c.oid),
    '-- ' || obj_description(c.oid, 'pg_class'))
  from pg_class c left join pg_am a on a.oid = relam where c.oid = 't'::regclass]]

-- From release 16 on a column of an only table goes by its name alone.
local VIEW = [[
select concat_ws(' ', relkind::text, reloptions::text, relispopulated,
    btrim(regexp_replace(regexp_replace(pg_get_viewdef(oid), '\s+', ' ', 'g'),
      '\m[svw]\.', '', 'g')), '-- ' || obj_description(oid, 'pg_class'))
  from pg_class where oid = 'v'::regclass]]

local PARTS = [[
select string_agg(d, '; ' order by d) from (
  select conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
    where conrelid = 't'::regclass and contype <> 'n'
  union all
  select replace(pg_get_indexdef(indexrelid), 'objects_s.', '')
    from pg_index where indrelid = 't'::regclass) as _(d)]]

local function events(key, ...)
  return table_of { "events", c.int4 "a", c.text "b", c.timestamptz "at", partition = key, ... }
end

local by_range = { by = "range", "at" }

-- What a view reads from.
local source = mp.model { "s", c.int4("id", { primary_key = true }), c.text "name",
  c.array("tags", "text") }

local function view(query, given)
  return { mp.view("v", query, given), source }
end

return {
  { { table_of { "t" } }, TABLE, "r p heap" },
  { { table_of { "t", c.int4 "a", comment = "it's" } }, TABLE, "r p heap -- it's" },
  { { table_of { "t", c.int4("id", { primary_key = true }), replica_identity = "nothing" } },
    "select relreplident::text from pg_class where oid = 't'::regclass", "n" },
  { { table_of { "t", c.int4 "id",
    mp.index { "id", unique = true }, replica_identity = "ix_t_id" } },
    "select indexrelid::regclass::text from pg_index where indisreplident", "ix_t_id" },
  { { table_of { "t", c.text "a", with = { ["toast.vacuum_truncate"] = false } } },
    [[select array_to_string(t.reloptions, ',') from pg_class c join pg_class t
      on t.oid = c.reltoastrelid where c.oid = 't'::regclass]], "vacuum_truncate=false" },
  { { table_of { "t", schema = "objects_s", c.int4 "a" } }, TABLE, "r p heap" },

  { { events(by_range), mp.partition("t",
    { of = "events", from = "2026-01-01", to = "2027-01-01" }) },
    TABLE, "r p heap FOR VALUES FROM ('2026-01-01 00:00:00+00') "
    .. "TO ('2027-01-01 00:00:00+00') of events" },
  { { events(by_range), mp.partition("t", { of = "events", from = mp.sql "minvalue",
    to = mp.timestamp "2027-01-01T00:00:00Z" }) }, TABLE,
    "r p heap FOR VALUES FROM (MINVALUE) TO ('2027-01-01 00:00:00+00') of events" },
  { { events { by = "range", "a", "b" }, mp.partition("t", { of = "events", from = { 1, "x" },
    to = { 2, "it's" } }) }, TABLE, "r p heap FOR VALUES FROM (1, 'x') TO (2, 'it''s') of events" },
  { { events(by_range), mp.partition("t", { of = "events", default = true }) }, TABLE,
    "r p heap DEFAULT of events" },
  { { events { by = "list", "b" }, mp.partition("t", { of = "events",
    values = { "x", "y", mp.null } }) }, TABLE,
    "r p heap FOR VALUES IN ('x', 'y', NULL) of events" },
  { { events { by = "hash", "a" }, mp.partition("t", { of = "events",
    modulus = 4, remainder = 1 }) },
    TABLE, "r p heap FOR VALUES WITH (modulus 4, remainder 1) of events" },
  { { events(by_range), mp.partition("t", { of = "events", default = true,
    partition = { by = "hash", "a" }, comment = "why" }) }, TABLE,
    "p p HASH (a) DEFAULT of events -- why" },
  { { mp.partition("t", { of = "half", from = 1, to = 5 }), mp.partition("half", { of = "events",
    default = true, partition = { by = "range", "a" } }), events(by_range) }, TABLE,
    "r p heap FOR VALUES FROM (1) TO (5) of half" },
  { { events(by_range), mp.partition("t", { of = "events", default = true, unlogged = true,
    with = { fillfactor = 70 }, row_security = true }) }, TABLE,
    "r u {fillfactor=70} heap security DEFAULT of events" },
  { { table_of { "t", c.int4 "a", partition = { by = "range", "a" } } }, TABLE, "p p RANGE (a)" },
  { { table_of { "t", c.text "a", partition = { by = "list", mp.sql "lower(a)" } } }, TABLE,
    "p p LIST (lower(a))" },
  { { table_of { "t", c.text "a", partition = { by = "range", { "a", collation = "C",
    operator_class = "text_pattern_ops" } } } }, TABLE,
    'p p RANGE (a COLLATE "C" text_pattern_ops)' },
  { { events(by_range, mp.index { "a" }, mp.primary_key { "a", "at" }), mp.partition("t",
    { of = "events", default = true, mp.index { "b" }, mp.check("a > 0", { name = "ck" }) }) },
    PARTS,
    "CREATE INDEX ix_t_b ON t USING btree (b); CREATE INDEX t_a_idx ON t USING btree (a); "
    .. "CREATE UNIQUE INDEX t_pkey ON t USING btree (a, at); ck CHECK ((a > 0)); "
    .. "t_pkey PRIMARY KEY (a, at)" },

  { { events(by_range), mp.partition("t", { of = "events", default = true, c.text("b",
    { default = "it's", comment = "why" }) }) }, [[select pg_get_expr(adbin, adrelid) || ' '
    || col_description(adrelid, adnum) from pg_attrdef where adrelid = 't'::regclass]],
    "'it''s'::text why" },

  { view "select 1 as x" , VIEW, "v t SELECT 1 AS x;" },
  { view("select 1", { columns = { "x" } }), VIEW, 'v t SELECT 1 AS x;' },
  { view("select id from s;\n", { comment = "why" }), VIEW, "v t SELECT id FROM s; -- why" },
  { view("select id from s", { security_barrier = true, security_invoker = true }), VIEW,
    "v {security_barrier=true,security_invoker=true} t SELECT id FROM s;", needs = 15 },
  { view("select id from s where id > 0", { check_option = "local" }), VIEW,
    "v {check_option=local} t SELECT id FROM s WHERE (id > 0);" },
  { view("select id from s where id > 0", { check_option = "cascaded" }), VIEW,
    "v {check_option=cascaded} t SELECT id FROM s WHERE (id > 0);" },
  { view("select 1 union all select n + 1 from v where n < 9", { recursive = true,
    columns = { "n" } }), VIEW,
    "v t WITH RECURSIVE v(n) AS ( SELECT 1 AS \"?column?\" UNION ALL SELECT "
    .. "(v_1.n + 1) FROM v v_1 WHERE (v_1.n < 9) ) SELECT n FROM v;" },
  { view(mp.select { source.id }:from(source):where { name = "it's" }), VIEW,
    "v t SELECT id FROM s WHERE (name = 'it''s'::text);" },
  { view(mp.select { source.id }:from(source):where(source.id:one_of { 1, 2 })), VIEW,
    "v t SELECT id FROM s WHERE (id = ANY ('{1,2}'::integer[]));" },
  { view(mp.select { source.id }:from(source):where(source.name:one_of { 'a"b', "c,d" })), VIEW,
    [[v t SELECT id FROM s WHERE (name = ANY ('{"a\"b","c,d"}'::text[]));]] },
  { view(mp.select { mp.sql("'$1' || ?", "x"):as "x" }:from(source):where(
    source.name:eq "$1" & mp.sql "name <> $q$ $1 $q$" )), VIEW,
    "v t SELECT ('$1'::text || 'x'::text) AS x FROM s WHERE ((name = '$1'::text) AND "
    .. "(name <> ' $1 '::text));" },
  { { mp.view("v", "select id from w"), mp.view("w", "select id from s"), source }, VIEW,
    "v t SELECT id FROM w;" },

  { { mp.materialized_view("v", "select id from s"), source }, VIEW, "m t SELECT id FROM s;" },
  { { mp.materialized_view("v", "select id from s", { with_data = false, with = { fillfactor = 70 },
    comment = "why" }), source }, VIEW, "m {fillfactor=70} f SELECT id FROM s; -- why" },
  { { mp.materialized_view("v", "select id from s", { columns = { "x" },
    indexes = { mp.index { "x", unique = true } } }), source },
    "select indexdef from pg_indexes where tablename = 'v'",
    "CREATE UNIQUE INDEX ix_v_x ON objects_s.v USING btree (x)" },
}
