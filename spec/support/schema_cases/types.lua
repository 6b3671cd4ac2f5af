-- types.lua - types, sequences, schemas and functions as declared, and what the catalogue says.
local c = require "moonpool.column"
local mp = require "moonpool"
local table_of = require "spec.support.schema_cases.table_of"

local LABELS = [[select string_agg(enumlabel, ',' order by enumsortorder)
  || coalesce(' -- ' || obj_description(enumtypid, 'pg_type'), '')
  from pg_enum where enumtypid = 'm'::regtype group by enumtypid]]

local DOMAIN = [[
select concat_ws(' ', format_type(typbasetype, typtypmod), case when typnotnull then 'not null' end,
    'default ' || typdefault, case when collname <> 'default' then 'collate ' || collname end,
    (select string_agg(conname || ' ' || pg_get_constraintdef(k.oid), ', ' order by conname)
       from pg_constraint k where contypid = t.oid and contype <> 'n'),
    '-- ' || obj_description(t.oid, 'pg_type'))
  from pg_type t left join pg_collation l on l.oid = typcollation where t.oid = 'd'::regtype]]

local FIELDS = [[
select string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod),
    case when attcollation <> typcollation then 'collate ' || collname end,
    '-- ' || col_description(attrelid, attnum)), ', ' order by attnum)
  from pg_attribute join pg_type on pg_type.oid = atttypid
  left join pg_collation l on l.oid = attcollation
  where attrelid = (select typrelid from pg_type where oid = 'p'::regtype)]]

local RANGE = [[
select concat_ws(' ', rngsubtype::regtype, opcname, 'collate ' || nullif(collname, 'default'),
    nullif(rngsubdiff::text, '-'), rngmultitypid::regtype,
    '-- ' || obj_description(rngtypid, 'pg_type'))
  from pg_range r join pg_opclass o on o.oid = rngsubopc
  left join pg_collation l on l.oid = rngcollation where rngtypid = 'r'::regtype]]

local SEQUENCE = [[
select concat_ws(' ', seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle,
    (select attname from pg_depend join pg_attribute on (attrelid, attnum) = (refobjid, refobjsubid)
       where objid = seqrelid and deptype = 'a' and classid = 'pg_class'::regclass),
    '-- ' || obj_description(seqrelid, 'pg_class'))
  from pg_sequence where seqrelid = 's'::regclass]]

local FUNC = [[
select concat_ws(' ', prokind::text, pg_get_function_arguments(p.oid), '->',
    pg_get_function_result(p.oid), lanname, provolatile::text, proparallel::text,
    case when proisstrict then 'strict' end,
    case when prosecdef then 'definer' end, case when proleakproof then 'leakproof' end,
    'cost ' || procost, case when prorows > 0 then 'rows ' || prorows end, proconfig::text,
    '-- ' || obj_description(p.oid, 'pg_proc'))
  from pg_proc p join pg_language l on l.oid = prolang
  where proname = 'f' and pronamespace = 'objects_s'::regnamespace]]

local function func(given)
  given.body = given.body or "select 1"
  return mp.func("f", given)
end

return {
  { { mp.enum("m", { "low", "high" }) }, LABELS, "low,high" },
  { { mp.enum("m", { "it's", "a b", "É" }) }, LABELS, "it's,a b,É" },
  { { mp.enum("m", { "one", { "two", renamed_from = "zwei" } }) }, LABELS, "one,two" },
  { { mp.enum("m", { "x" }, { comment = "why" }) }, LABELS, "x -- why" },
  { { mp.enum("objects_s.m", { "x" }) }, LABELS, "x" },
  { { mp.enum("m", { "x" }, { schema = "objects_s" }) }, LABELS, "x" },

  { { mp.domain("d", "text") }, DOMAIN, "text" },
  { { mp.domain("d", "varchar(10)", { null = false }) }, DOMAIN, "character varying(10) not null" },
  { { mp.domain("d", "int4", { default = 3 }) }, DOMAIN, "integer default 3" },
  { { mp.domain("d", "timestamptz", { default = mp.sql "now()" }) }, DOMAIN,
    "timestamp with time zone default now()" },
  { { mp.domain("d", "text", { check = mp.check("value <> ''", { name = "filled" }) }) }, DOMAIN,
    "text filled CHECK ((VALUE <> ''::text))" },
  { { mp.domain("d", "int4", { check = { mp.check("value > 0", { name = "a" }),
    mp.check("value < 9", { name = "b", not_valid = true }) } }) }, DOMAIN,
    "integer a CHECK ((VALUE > 0)), b CHECK ((VALUE < 9)) NOT VALID" },
  { { mp.domain("d", "text", { collation = "C", comment = "why" }) }, DOMAIN,
    "text collate C -- why" },
  { { mp.domain("d", "text[]") }, DOMAIN, "text[]" },
  { { mp.domain("d", "e"), mp.domain("e", "f"), mp.domain("f", "int4") }, DOMAIN, "e" },

  { { mp.composite("p", { c.text "street", c.varchar("zip", { length = 5 }) }) }, FIELDS,
    "street text, zip character varying(5)" },
  { { mp.composite("p", { c.text("a", { collation = "C", comment = "why" }) }) }, FIELDS,
    "a text collate C -- why" },
  { { mp.composite("p", { c.composite("inner", "q"), c.enum("m", "m") }),
    mp.composite("q", { c.int4 "x" }), mp.enum("m", { "x" }) }, FIELDS, "inner q, m m" },

  { { mp.range_type("r", { subtype = "float8" }) }, RANGE,
    "double precision float8_ops r_multirange", needs = 14 },
  { { mp.range_type("r", { subtype = "float8", subtype_diff = "float8mi", comment = "why",
    multirange = "rs" }) }, RANGE, "double precision float8_ops float8mi rs -- why", needs = 14 },
  { { mp.range_type("r", { subtype = "text", collation = "C",
    operator_class = "text_pattern_ops" }) }, RANGE,
    "text text_pattern_ops collate C r_multirange", needs = 14 },
  { { mp.range_type("objects_s.r", { subtype = "m" }), mp.enum("m", { "x" }) }, RANGE,
    "m enum_ops r_multirange", needs = 14 },
  { { mp.range_type("r", { subtype = "int4", multirange = "objects_other.rs" }),
    mp.schema "objects_other" }, RANGE, "integer int4_ops objects_other.rs", needs = 14 },
  { { mp.range_type("r", { subtype = "d", subtype_diff = "f" }), mp.domain("d", "int4"),
    func { args = "a d, b d", returns = "float8", volatility = "immutable" } }, RANGE,
    "d int4_ops f r_multirange", needs = 14 },
  { { table_of { "own", c.range("x", "r"), c.column("xs", "rs", { null = true }) },
    mp.range_type("r", { subtype = "int8", multirange = "rs" }) }, RANGE,
    "bigint int8_ops rs", needs = 14 },
  { { mp.func("g", { args = "x r", returns = "r", body = "select x" }),
    mp.range_type("r", { subtype = "int8" }) }, RANGE, "bigint int8_ops r_multirange", needs = 14 },

  { { mp.sequence "s" }, SEQUENCE, "bigint 1 1 1 9223372036854775807 1 f" },
  { { mp.sequence("s", { start = 10, increment = 5, min = 5, max = 100, cache = 3, cycle = true,
    type = "int4", comment = "why" }) }, SEQUENCE, "integer 10 5 5 100 3 t -- why" },
  { { mp.sequence("s", { increment = -1, start = -1, type = "int2" }) }, SEQUENCE,
    "smallint -1 -1 -32768 -1 1 f" },
  { { mp.sequence("s", { owned_by = "o.number" }), table_of { "o", c.int8("number",
    { default = mp.sql "nextval('s')" }) } }, SEQUENCE,
    "bigint 1 1 1 9223372036854775807 1 f number" },

  { { mp.schema("objects_other", { comment = "why" }) },
    [[select obj_description(oid) from pg_namespace where nspname = 'objects_other']], "why" },
  { { mp.enum("objects_other.m", { "x" }), mp.schema "objects_other" },
    "select 'objects_other.m'::regtype::text", "objects_other.m" },
  { { mp.extension("pgcrypto", { schema = "objects_other", comment = "why" }),
    mp.schema "objects_other" }, [[select nspname || ' ' || obj_description(e.oid)
      from pg_extension e join pg_namespace n on n.oid = extnamespace where extname = 'pgcrypto']],
    "objects_other why" },
  { { mp.extension "uuid-ossp" }, "select extname from pg_extension where extname like 'uuid%'",
    "uuid-ossp" },
  { { mp.extension("earthdistance", { cascade = true, depends_on = { "cube" } }),
    mp.extension "cube" },
    "select count(*)::text from pg_extension where extname in ('cube', 'earthdistance')", "2" },

  { { func { returns = "int4" } }, FUNC, "f  -> integer sql v u cost 100" },
  { { func { args = "a int4, b text default 'x,y'", returns = "int4" } }, FUNC,
    "f a integer, b text DEFAULT 'x,y'::text -> integer sql v u cost 100" },
  { { func { args = { "a int4", "variadic b int4[]" }, returns = "int4" } }, FUNC,
    "f a integer, VARIADIC b integer[] -> integer sql v u cost 100" },
  { { func { returns = "int4", volatility = "immutable", strict = true, parallel = "safe" } }, FUNC,
    "f  -> integer sql i s strict cost 100" },
  { { func { returns = "setof int4", volatility = "stable", cost = 5, rows = 20 } }, FUNC,
    "f  -> SETOF integer sql s u cost 5 rows 20" },
  { { func { returns = "table (x int4)" } }, FUNC,
    "f  -> TABLE(x integer) sql v u cost 100 rows 1000" },
  { { func { args = "out x int4" } }, FUNC, "f OUT x integer -> integer sql v u cost 100" },
  { { func { returns = "int4", security = "definer", set = { search_path = "objects_s, public",
    work_mem = "8MB" } } }, FUNC, "f  -> integer sql v u definer cost 100 "
    .. [[{"search_path=objects_s, public",work_mem=8MB}]] },
  { { func { returns = "trigger", language = "plpgsql",
    body = "begin return new; end -- $$ $q$" } }, FUNC, "f  -> trigger plpgsql v u cost 100" },
  { { func { args = "a int4", procedure = true, language = "plpgsql", body = "begin end" } }, FUNC,
    "p IN a integer -> plpgsql v u cost 100" },
  { { func { args = "a int4 default 1, b text = 'it''s'", returns = "int4", comment = "why" } },
    FUNC, "f a integer DEFAULT 1, b text DEFAULT 'it''s'::text -> "
    .. "integer sql v u cost 100 -- why" },
  { { func { args = "a int4", returns = "int4", body = "return a + 1", atomic = true } }, FUNC,
    "f a integer -> integer sql v u cost 100" },
  { { func { args = "x t", returns = "int4", body = "select x.a from t" },
    table_of { "t", c.int4 "a" } }, FUNC, "f x t -> integer sql v u cost 100" },
  { { table_of { "t", c.int4("a", { default = mp.sql "f()" }) }, func { returns = "int4" } }, FUNC,
    "f  -> integer sql v u cost 100" },
}
