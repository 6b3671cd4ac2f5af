-- The rows that pg_catalog has of a schema, all as of one moment and in one round trip.
local errors = require "moonpool.errors"
local suggest = require "moonpool.util.suggest"

local snapshot = {}

---The kinds, in the order in which objects are listed.
snapshot.KINDS = { "extension", "schema", "enum", "domain", "range_type", "sequence",
  "relation", "column", "constraint", "index", "func", "trigger", "policy", "grant", "unmanaged" }

local readers = {}
for _, kind in ipairs(snapshot.KINDS) do readers[kind] = require("moonpool.catalog." .. kind) end
snapshot.readers = readers

local function check_schemas(tx, schemas)
  local known, names = {}, tx:column "select nspname::text from pg_catalog.pg_namespace"
  for _, name in ipairs(names) do known[name] = true end
  for _, schema in ipairs(schemas) do
    if not known[schema] then
      errors.raise { kind = "bad_argument",
        message = ('mp.reflect: there is no schema "%s"%s'):format(schema,
          suggest.phrase(schema, known)),
        hint = "create it, or name another" }
    end
  end
end

-- The rows of each schema by their kind, all in one round trip.
local function read_rows(tx, schemas)
  local results = tx:pipeline(function(p)
    for _, schema in ipairs(schemas) do
      for _, kind in ipairs(snapshot.KINDS) do p:query(readers[kind].sql, schema) end
    end
  end)
  local found, count = {}, #snapshot.KINDS
  for at, schema in ipairs(schemas) do
    local rows = {}
    for place, kind in ipairs(snapshot.KINDS) do
      rows[kind] = results[(at - 1) * count + place]
    end
    found[at] = { schema = schema, rows = rows }
  end
  return found
end

local DONE = {}

local SNAPSHOT = { isolation = "repeatable read", read_only = true }

-- A transaction, or a connection that is in one.
local function is_inside(db)
  return db.rollback ~= nil or db.depth ~= nil and db:depth() > 0
end

-- A transaction of the caller's is used as it is; the savepoint takes back what is set for it.
local function in_transaction(db, fn)
  local given = not is_inside(db) and SNAPSHOT or nil
  local _, reason = db:transaction(function(tx)
    fn(tx)
    tx:abort(DONE)
  end, given)
  assert(reason == DONE)
end

local function check_executor(db)
  local ok, method = pcall(function() return db.transaction end)
  if ok and type(method) == "function" then return end
  errors.raise { kind = "bad_argument",
    message = ("mp.reflect: a %s is no engine, connection or transaction"):format(type(db)),
    hint = 'mp.reflect(db, { schema = "app" })' }
end

---@async
---@param db table  an engine, a connection or a transaction
---@param schemas string[]?  the one that the search path makes things in, when left out
---@param is_qualified boolean  whether every name is to be written with its schema
---@return { schema: string, rows: table<string, table[]> }[]  for each schema
---@return string? own  the schema that the search path makes things in; nil: all names are whole
function snapshot.read(db, schemas, is_qualified)
  check_executor(db)
  local found, own
  in_transaction(db, function(tx)
    own = tx:value "select pg_catalog.current_schema()::text"
    local wanted = schemas or { own }
    check_schemas(tx, wanted)
    if is_qualified then
      own = nil
      tx:exec "set local search_path to ''"
    end
    found = read_rows(tx, wanted)
  end)
  return found, own
end

return snapshot
