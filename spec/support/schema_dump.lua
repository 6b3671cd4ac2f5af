-- schema_dump.lua - a database's schema as one text, for comparing.
local mp = require "moonpool"
local process = require "moonpool.process"

local schema_dump = {}

-- What pg_dump would write of the kinds that the specs' migrations make, from the catalogue itself.
local KINDS = {
  [[select format('%s %s %s', relkind, oid::regclass, coalesce(obj_description(oid), ''))
      from pg_class where relnamespace in (select oid from ours)]],
  [[select format('%s.%s %s %s %s', attrelid::regclass, attnum, attname,
                  format_type(atttypid, atttypmod), attnotnull)
           || coalesce(' ' || pg_get_expr(adbin, adrelid), '')
           || attidentity::text || attgenerated::text
      from pg_attribute join pg_class on pg_class.oid = attrelid
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where relnamespace in (select oid from ours) and attnum > 0 and not attisdropped]],
  [[select format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
      from pg_constraint where connamespace in (select oid from ours) and contype <> 'n']],
  [[select indexdef from pg_indexes where schemaname in (select nspname from ours)]],
  [[select format('%s %s %s', typname, typtype, array(select enumlabel::text from pg_enum
                  where enumtypid = pg_type.oid order by enumsortorder))
      from pg_type where typnamespace in (select oid from ours)]],
  [[select pg_get_functiondef(oid) from pg_proc where pronamespace in (select oid from ours)]],
}

-- Every schema of the database, or the one of that name.
local OURS = [[with ours as materialized (select oid, nspname from pg_namespace
  where nspname !~ '^pg_' and nspname <> 'information_schema'
    and nspname = coalesce($1::text, nspname)) ]]

local function from_catalogue(db, schema)
  local lines = {}
  for _, sql in ipairs(KINDS) do
    local found = db:column(OURS .. sql, schema)
    table.sort(found)
    table.move(found, 1, #found, #lines + 1, lines)
  end
  return table.concat(lines, "\n")
end

local function major_of(program)
  local child <close> = process.open { program, "--version", stdout = "pipe" }
  return math.tointeger(child:read_all():match "(%d+)")
end

---By pg_dump, which refuses servers newer than itself: their schema comes from the catalogue.
---@async
---@param url string?
---@param schema string?  this one alone
---@return string
function schema_dump.read(url, schema)
  local db <close> = mp.engine(url, { pool = { max = 1 } })
  local version = db:value "select current_setting('server_version_num')::int4" // 10000
  if version > major_of "pg_dump" then return from_catalogue(db, schema) end
  local child <close> = process.open { "pg_dump", "--schema-only", "--restrict-key=spec",
    "--dbname", url or os.getenv "DATABASE_URL", stdout = "pipe",
    schema and "--schema" or nil, schema and '"' .. schema .. '"' or nil }
  local text = child:read_all()
  assert(child:wait() == 0, "pg_dump failed")
  return text
end

return schema_dump
