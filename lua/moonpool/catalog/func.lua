-- Functions and procedures, read from pg_catalog; aggregates and those written in C are not.
local func = require "moonpool.schema.func"
local settings = require "moonpool.catalog.settings"
local sql = require "moonpool.catalog.sql"
local qualified = require "moonpool.schema.qualified"

local VOLATILITIES = { i = "immutable", s = "stable" }
local PARALLELS = { r = "restricted", s = "safe" }

local USUAL_COST, USUAL_ROWS = 100, 1000

-- SQL that is no string: it stands at the end of the whole definition.
local function atomic_body(definition)
  return definition:match "\n%s*(BEGIN ATOMIC\n.*)$" or definition:match "\n%s*(RETURN .*)$"
end

local function unless(value, usual)
  if value ~= usual and value ~= 0 then return value end
end

return {
  sql = [[
select p.proname as name, p.prokind::text as kind, l.lanname as language, p.prosrc as body,
    case when to_jsonb(p) ->> 'prosqlbody' is not null
      then pg_catalog.pg_get_functiondef(p.oid) end as definition,
    pg_catalog.pg_get_function_arguments(p.oid) as args,
    pg_catalog.pg_get_function_result(p.oid) as returns,
    p.provolatile::text as volatility, p.proparallel::text as parallel, p.proisstrict as is_strict,
    p.prosecdef as is_definer, p.proleakproof as is_leakproof, p.procost::float8 as cost,
    p.prorows::float8 as rows, p.proconfig as settings,
    pg_catalog.obj_description(p.oid, 'pg_proc') as comment
  from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang
  where p.prokind in ('f', 'p', 'w') and l.lanname not in ('c', 'internal')
    and p.pronamespace = ]] .. sql.OF_SCHEMA .. " and " .. sql.is_own("pg_proc", "p.oid") .. [[
  order by 1, pg_catalog.pg_get_function_identity_arguments(p.oid)]],

  read = function(row, names)
    local is_procedure = row.kind == "p"
    local atomic = row.definition and atomic_body(row.definition)
    return func.new(qualified.part(row.name), {
      schema = names.object_schema, comment = row.comment, args = row.args, returns = row.returns,
      language = row.language, body = atomic or row.body, atomic = atomic ~= nil,
      procedure = is_procedure, window = row.kind == "w" or nil,
      volatility = VOLATILITIES[row.volatility], parallel = PARALLELS[row.parallel],
      strict = row.is_strict, leakproof = row.is_leakproof,
      security = row.is_definer and "definer" or nil,
      cost = not is_procedure and unless(row.cost, USUAL_COST) or nil,
      rows = unless(row.rows, USUAL_ROWS), set = settings(row.settings),
    })
  end,
}
