-- schema_round_trip.lua - making schemas of declarations, and comparing what pg_dump says of them.
local mp = require "moonpool"
local release = require "spec.support.release"
local schema_dump = require "spec.support.schema_dump"

local round_trip = {}

---An engine that makes things in a schema, and finds those of public.
function round_trip.open(schema)
  return mp.engine(nil, { pool = { max = 2 }, settings = { search_path = schema .. ", public" } })
end

-- What came with release 15, which an older server is not asked for.
local function older(sql)
  return (sql:gsub(" nulls not distinct", ""):gsub("(on delete set null) %b()", "%1"))
end

---@async
---@param statements string[]
function round_trip.create(db, statements)
  local sql = table.concat(statements, ";\n")
  if release(db) < 15 then sql = older(sql) end
  db:transaction(function(tx) tx:script(sql) end)
end

---What the zoo's objects need of the database.
---@async
function round_trip.add_extensions(db)
  for _, name in ipairs { "citext", "hstore", "btree_gist", "pg_trgm" } do
    db:exec(("create extension if not exists %s schema public"):format(name))
  end
end

---The schema as one text, in which it is called "same".
---@async
---@param schema string
---@return string
function round_trip.dump(schema)
  return (schema_dump.read(nil, schema):gsub("%f[%w_]" .. schema .. "%f[^%w_]", "same"))
end

---@param a string
---@param b string
---@return string[]  lines of the first that the second does not have
function round_trip.lines_only_in(a, b)
  local known, list = {}, {}
  for line in b:gmatch "[^\n]+" do known[line] = true end
  for line in a:gmatch "[^\n]+" do
    if not known[line] then list[#list + 1] = line end
  end
  return list
end

return round_trip
