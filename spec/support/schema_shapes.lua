-- schema_shapes.lua - every shape of the cases: its objects, what asks the catalogue, the answer.
local c = require "moonpool.column"
local mp = require "moonpool"
local table_of = require "spec.support.schema_cases.table_of"

local COLUMN = [[
select concat_ws(' ', format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
    case when atthasdef and attgenerated = '' then 'default ' || pg_get_expr(adbin, adrelid) end,
    case when attidentity <> '' then concat_ws(' ', 'identity', attidentity, seqstart, seqincrement,
      seqcache, case when seqcycle then 'cycle' end,
      case when seqmax = 1000 then 'max ' || seqmax end) end,
    case when attgenerated <> '' then 'generated ' || pg_get_expr(adbin, adrelid) end,
    case when attcollation <> typcollation then 'collate ' || collname end,
    case when attstorage <> typstorage then 'storage ' || attstorage::text end,
    case when attcompression <> '' then 'compression ' || attcompression::text end,
    case when attstattarget > 0 then 'statistics ' || attstattarget end,
    'comment ' || col_description(attrelid, attnum))
  from pg_attribute a join pg_type t on t.oid = atttypid
  left join pg_attrdef d on (adrelid, adnum) = (attrelid, attnum)
  left join pg_collation c on c.oid = attcollation
  left join pg_depend on (refobjid, refobjsubid, deptype) = (attrelid, attnum, 'i')
  left join pg_sequence on seqrelid = objid
  where attrelid = 'own'::regclass and attname = 'x']]

local CONSTRAINT = [[
select conname || ' ' || pg_get_constraintdef(c.oid)
    || coalesce(' ' || substring(pg_get_indexdef(conindid) from 'WITH \(.*\)$'), '')
    || coalesce(' -- ' || obj_description(c.oid, 'pg_constraint'), '')
  from pg_constraint c where conrelid = 'own'::regclass and contype <> 'n' -- since release 18
  order by contype = 'u' and $1, conname limit 1]]

local INDEX = [[
select replace(substring(pg_get_indexdef(indexrelid) from 8), 'objects_s.', '')
    || coalesce(' -- ' || obj_description(indexrelid, 'pg_class'), '')
  from pg_index where indrelid = 'own'::regclass]]

-- What the cases' tables refer to.
local function beside()
  return mp.enum("mood", { "low", "high" }), mp.composite("address", { c.text "street" }),
    mp.domain("short_text", "varchar(10)"),
    table_of { "other", c.int4("id", { primary_key = true }), c.int4("x", { null = true }),
      c.int4("y", { null = true }), c.int4("x2", { unique = true }), mp.unique { "x", "y" } }
end

local shapes = {}

local function add(group, case, items, query, expected)
  shapes[#shapes + 1] = { title = ("%s: %s"):format(group, expected), objects = items,
    query = query, expected = expected, needs = case.needs, is_pattern = group == "constraints",
    parameters = { case.with ~= nil and case[1].kind ~= "unique" } }
end

for _, case in ipairs(require "spec.support.schema_cases.columns") do
  add("columns", case, { table_of { "own", c.text "o", case[1] }, beside() }, COLUMN, case[2])
end

for _, case in ipairs(require "spec.support.schema_cases.constraints") do
  add("constraints", case, { table_of { "own", c.int4 "a", c.int4 "b", c.int4 "c", c.text "t",
    c.column("during", "tstzrange"), case[1], case.with }, beside() }, CONSTRAINT, case[2])
end

for _, case in ipairs(require "spec.support.schema_cases.indexes") do
  add("indexes", case, { table_of { "own", c.int4 "a", c.int4 "b", c.text "t",
    c.array("tags", "text"), c.jsonb "j", c.column("during", "tstzrange"), case[1] } }, INDEX,
    case[2])
end

for _, group in ipairs { "types", "relations", "behaviour" } do
  for _, case in ipairs(require("spec.support.schema_cases." .. group)) do
    add(group, case, case[1], case[2], case[3])
  end
end

return shapes
