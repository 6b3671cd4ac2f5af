-- Triggers, read from pg_catalog; those that keep constraints or come from a parent are not.
local definition = require "moonpool.catalog.definition"
local names_module = require "moonpool.catalog.names"
local sql = require "moonpool.catalog.sql"
local qualified = require "moonpool.schema.qualified"
local trigger = require "moonpool.schema.trigger"

-- Of pg_trigger.tgtype.
local ROW, BEFORE, INSTEAD = 1, 2, 64
local EVENTS = { { 4, "insert" }, { 8, "delete" }, { 16, "update" }, { 32, "truncate" } }

local ENABLED = { O = true, D = false, R = "replica", A = "always" }

local function when_of(bits)
  if bits & INSTEAD ~= 0 then return "instead of" end
  return bits & BEFORE ~= 0 and "before" or "after"
end

local function events_of(bits)
  local events = {}
  for _, row in ipairs(EVENTS) do
    if bits & row[1] ~= 0 then events[#events + 1] = row[2] end
  end
  return events
end

-- Each ends with a NUL byte.
local function arguments_of(bytes)
  local arguments = {}
  for argument in bytes:gmatch "([^\0]*)\0" do arguments[#arguments + 1] = argument end
  return arguments
end

local function transition_tables(row)
  if not row.old_table and not row.new_table then return nil end
  return { old_table = row.old_table, new_table = row.new_table }
end

local function deferrable_of(row)
  return row.is_deferrable and (row.is_deferred and "deferred" or "immediate") or false
end

return {
  sql = [[
select r.relname as relation, t.tgname as name, t.tgtype::int4 as bits,
    t.tgenabled::text as enabled, t.tgconstraint <> 0 as is_constraint,
    t.tgdeferrable as is_deferrable, t.tginitdeferred as is_deferred, ]]
    .. sql.columns("t.tgattr::int2[]", "t.tgrelid") .. [[ as columns,
    t.tgargs as arguments, t.tgoldtable as old_table, t.tgnewtable as new_table,
    f.relname as from_table, fn.nspname as from_schema, p.proname as func,
    case when not pg_catalog.pg_function_is_visible(p.oid) then n.nspname end as func_schema,
    pg_catalog.pg_get_triggerdef(t.oid) as definition,
    pg_catalog.obj_description(t.oid, 'pg_trigger') as comment
  from pg_catalog.pg_trigger t join pg_catalog.pg_class r on r.oid = t.tgrelid
  join pg_catalog.pg_proc p on p.oid = t.tgfoid
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  left join pg_catalog.pg_class f on f.oid = t.tgconstrrelid
  left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
  where not t.tgisinternal and coalesce((to_jsonb(t) ->> 'tgparentid')::int8, 0) = 0
    and r.relnamespace = ]] .. sql.OF_SCHEMA .. " order by r.relname, t.tgname",

  read = function(row, names)
    local from = row.from_table
      and names_module.qualified(names, row.from_schema, row.from_table) or nil
    return trigger.new(qualified.part(row.name), {
      table = row.relation, schema = names.object_schema, comment = row.comment,
      when = when_of(row.bits), events = events_of(row.bits), columns = row.columns,
      each = row.bits & ROW ~= 0 and "row" or "statement",
      condition = definition.trigger_condition(row.definition),
      execute = qualified.join(row.func_schema, row.func),
      arguments = arguments_of(row.arguments), constraint = row.is_constraint,
      deferrable = deferrable_of(row), from = from, referencing = transition_tables(row),
      enabled = ENABLED[row.enabled],
    })
  end,
}
