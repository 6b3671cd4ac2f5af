-- Triggers as DDL.
local qualified = require "moonpool.schema.qualified"
local identifier = require "moonpool.sql.identifier"
local literal = require "moonpool.sql.literal"
local text = require "moonpool.schema.ddl.text"

local trigger = {}

local function table_of(of)
  return identifier.qualified(of.schema, of.table)
end

local function place(name)
  return identifier.qualified(qualified.split(name))
end

local function events_text(of)
  local parts = {}
  for at, event in ipairs(of.events) do
    local columns = event == "update" and of.columns
    parts[at] = columns and ("update of " .. identifier.list(columns)) or event
  end
  return table.concat(parts, " or ")
end

local function referencing_text(of)
  local given = of.referencing
  if not given then return "" end
  local old, new = given.old_table, given.new_table
  return ("\nreferencing%s%s"):format(old and " old table as " .. identifier.quote(old) or "",
    new and " new table as " .. identifier.quote(new) or "")
end

local function call_text(of)
  local arguments = {}
  for at, value in ipairs(of.arguments) do arguments[at] = literal.quote(value) end
  return ("execute function %s(%s)"):format(place(of.execute), table.concat(arguments, ", "))
end

local SWITCHES = { [false] = "disable", replica = "enable replica", always = "enable always" }

---@return string[]
function trigger.create(of)
  local name = identifier.quote(of.name)
  local from = of.from and " from " .. place(of.from) or ""
  local statements = { ("create %strigger %s %s %s on %s%s%s%s\nfor each %s%s\n%s"):format(
    of.constraint and "constraint " or "", name, of.when, events_text(of), table_of(of), from,
    text.deferrable(of.deferrable), referencing_text(of), of.each,
    of.condition and ("\nwhen (%s)"):format(of.condition) or "", call_text(of)) }
  local switch = SWITCHES[of.enabled]
  if switch then
    statements[2] = ("alter table %s %s trigger %s"):format(table_of(of), switch, name)
  end
  return text.append(statements,
    text.comment("trigger", ("%s on %s"):format(name, table_of(of)), of.comment))
end

---@return string[]
function trigger.drop(of, given)
  return { ("%s%s on %s%s"):format(text.drop_head("trigger", given), identifier.quote(of.name),
    table_of(of), text.drop_tail(given)) }
end

return trigger
