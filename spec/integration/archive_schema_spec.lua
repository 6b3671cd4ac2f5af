-- archive_schema_spec.lua - the archive's migrations make what its models say, and take it back.
local archive = require "spec.support.archive"
local ddl = require "moonpool.schema.ddl"
local mp = require "moonpool"

local DATABASE = "archive_schema_spec"
local MODELS = { "maintainer", "package", "dependency", "user", "watch" }

-- Everything that a table is, as the server writes it.
local SHAPE = [[
select format('column %s.%s %s %s %s %s %s', c.relname, a.attname,
    format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
    pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)) as line
  from pg_class c join pg_attribute a on a.attrelid = c.oid
  left join pg_attrdef d on (d.adrelid, d.adnum) = (c.oid, a.attnum)
  where c.relnamespace = $1::text::regnamespace and c.relkind = 'r' and a.attnum > 0
union all
select format('constraint %s %s', conname, pg_get_constraintdef(oid))
  from pg_constraint where connamespace = $1::text::regnamespace
union all
select format('index %s %s', c.relname, replace(pg_get_indexdef(c.oid), ' ' || $1 || '.', ' '))
  from pg_class c where c.relnamespace = $1::text::regnamespace and c.relkind = 'i'
order by line]]

local function shape(db, schema)
  local lines = db:column(SHAPE, schema)
  for index, line in ipairs(lines) do lines[index] = line:gsub(schema .. "%.", "") end
  return lines
end

describe("the archive's schema", function()
  local db
  setup(function() db = archive.open(DATABASE) end)
  teardown(function() archive.drop(db, DATABASE) end)

  it("is the same by its migrations and by its models", function()
    db:transaction(function(tx)
      tx:script "create schema declared; set local search_path to declared"
      for _, name in ipairs(MODELS) do
        for _, sql in ipairs(ddl.create_table(require("models." .. name).table)) do tx:exec(sql) end
      end
      tx:exec "set local search_path to pg_catalog"

      assert.same(shape(tx, "public"), shape(tx, "declared"))
    end)
  end)

  it("goes away and comes back the same", function()
    local before = shape(db, "public")
    local migrations = mp.migrations(db, { path = "migrations" })

    migrations:downgrade "base"
    local between = shape(db, "public")
    migrations:upgrade "head"

    assert.same({}, between)
    assert.same(before, shape(db, "public"))
  end)
end)
