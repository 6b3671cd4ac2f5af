-- schema_objects_spec.lua - what is declared is what the server makes, shape by shape.
local c = require "moonpool.column"
local ddl = require "moonpool.schema.ddl"
local metadata = require "moonpool.schema.metadata"
local mp = require "moonpool"
local schema_table = require "moonpool.schema.table"

local SCHEMA = "objects_s"

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
  from pg_constraint c where conrelid = 'own'::regclass
  order by contype = 'u' and $1, conname limit 1]]

local INDEX = [[
select replace(substring(pg_get_indexdef(indexrelid) from 8), 'objects_s.', '')
    || coalesce(' -- ' || obj_description(indexrelid, 'pg_class'), '')
  from pg_index where indrelid = 'own'::regclass]]

local SETUP = [[
create type mood as enum ('low', 'high');
create type address as (street text);
create domain short_text as varchar(10);
create table other (id int4 primary key, x int4, y int4, x2 int4 unique, unique (x, y))]]

-- Alternatives are separated by |; a name with a digest has its digits as %x.
local function check(expected, found, is_pattern)
  for alternative in expected:gmatch "[^|]+" do
    if alternative == found then return end
    local pattern = alternative:gsub("[%^$().%[%]*+?-]", "%%%0")
    if is_pattern and found:find("^" .. pattern .. "$") then return end
  end
  assert.equal(expected, found)
end

describe("declared objects on the server", function()
  local db
  setup(function()
    db = mp.engine(nil, { pool = { max = 1 }, settings = { search_path = SCHEMA .. ", public" } })
    db:script "create schema objects_s"
    for _, name in ipairs { "citext", "hstore", "ltree", "btree_gist", "pg_trgm" } do
      db:exec(("create extension if not exists %s schema public"):format(name))
    end
  end)
  teardown(function()
    db:script "set client_min_messages = warning; drop schema objects_s cascade"
    db:close()
  end)

  -- In a transaction that leaves nothing.
  local function create(items, query, ...)
    local statements, arguments, found = ddl.create_table(schema_table.new("own", items)), { ... }
    db:transaction(function(tx)
      tx:script(SETUP)
      for _, sql in ipairs(statements) do tx:exec(sql) end
      found = tx:value(query, table.unpack(arguments))
      tx:abort "that was all"
    end)
    return found
  end

  for at, case in ipairs(require "spec.support.schema_cases.columns") do
    it(("have the column (%d) %s"):format(at, case[2]), function()
      check(case[2], create({ c.text "o", case[1] }, COLUMN))
    end)
  end

  for at, case in ipairs(require "spec.support.schema_cases.constraints") do
    it(("have the constraint (%d) %s"):format(at, case[2]), function()
      local items = { c.int4 "a", c.int4 "b", c.int4 "c", c.text "t",
        c.column("during", "tstzrange"), case[1], case.with }
      check(case[2], create(items, CONSTRAINT, case.with ~= nil and case[1].kind ~= "unique"), true)
    end)
  end

  for at, case in ipairs(require "spec.support.schema_cases.indexes") do
    it(("have the index (%d) %s"):format(at, case[2]), function()
      local items = { c.int4 "a", c.int4 "b", c.text "t", c.array("tags", "text"), c.jsonb "j",
        c.column("during", "tstzrange"), case[1] }
      check(case[2], create(items, INDEX))
    end)
  end

  for _, group in ipairs { "types", "relations", "behaviour" } do
    for at, case in ipairs(require("spec.support.schema_cases." .. group)) do
      it(("have of %s (%d) %s"):format(group, at, case[3]), function()
        local declared, found = metadata.new(case[1])
        db:transaction(function(tx)
          for _, sql in ipairs(declared:create_statements()) do tx:exec(sql) end
          found = tx:value(case[2])
          for _, sql in ipairs(declared:drop_statements()) do tx:exec(sql) end
          tx:abort "that was all"
        end)

        assert.equal(case[3], found)
      end)
    end
  end
end)
