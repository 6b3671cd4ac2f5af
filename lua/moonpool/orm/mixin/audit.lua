-- `audit()`: every change of a row is kept in `<table>_audit`, whoever makes it, by a trigger.
local column = require "moonpool.schema.column"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local func = require "moonpool.schema.func"
local identifier = require "moonpool.sql.identifier"
local literal = require "moonpool.sql.literal"
local model_module = require "moonpool.orm.model"
local trigger = require "moonpool.schema.trigger"

-- Who acts: set for a transaction, by a session's `actor` or by `set_config`.
local ACTOR = "nullif(current_setting('moonpool.actor', true), '')"

local BODY = [[
begin
  if tg_op = 'UPDATE' and to_jsonb(old) = to_jsonb(new) then return null; end if;
  insert into %s (actor, action, key, old, new) values (%s, lower(tg_op),
    case when tg_op = 'DELETE' then jsonb_build_object(%s) else jsonb_build_object(%s) end,
    case when tg_op <> 'INSERT' then to_jsonb(old) end,
    case when tg_op <> 'DELETE' then to_jsonb(new) end);
  return null;
end]]

local function key_columns(items)
  local names = {}
  for _, item in ipairs(items) do
    if item.kind == "primary_key" then return item.columns end
    if item.kind == "column" and item.primary_key then names[#names + 1] = item.name end
  end
  return names
end

local function pairs_of(row, names)
  local texts = {}
  for at, name in ipairs(names) do
    texts[at] = ("%s, %s.%s"):format(literal.quote(name), row, identifier.quote(name))
  end
  return table.concat(texts, ", ")
end

local function audit_model(owner)
  return model_module.new { owner.name .. "_audit", schema = owner.schema,
    comment = "changes of " .. owner.name,
    column.new("id", "int8", { primary_key = true, identity = "always" }),
    column.new("at", "timestamptz", { default = expression.raw "clock_timestamp()" }),
    column.new("actor", "text", { null = true }), column.new("action", "text"),
    column.new("key", "jsonb", { index = true }),
    column.new("old", "jsonb", { null = true }), column.new("new", "jsonb", { null = true }) }
end

local function audit_function(owner, name, names)
  return func.new(name, { returns = "trigger", language = "plpgsql",
    body = BODY:format(identifier.qualified(owner.schema, owner.name .. "_audit"), ACTOR,
      pairs_of("old", names), pairs_of("new", names)) })
end

local function qualified(owner, name)
  return owner.schema and owner.schema .. "." .. name or name
end

-- A class of a table that is audited already brings no key of its own.
local function companions_of(owner, items)
  local names = key_columns(items)
  if #names == 0 then
    errors.raise { kind = "bad_argument", table = owner.name,
      message = ('mp.audit: "%s" has no primary key to tell its rows by'):format(owner.name),
      hint = "declare one" }
  end
  local name = owner.name .. "_audit"
  local of_changes = audit_model(owner)
  return { table = of_changes.table, model = of_changes,
    func = audit_function(owner, qualified(owner, name), names),
    trigger = trigger.new(name, { when = "after", events = { "insert", "update", "delete" },
      execute = qualified(owner, name) }) }
end

---Changes are told by `repository:history(id)`. A session's option `actor` says who acts; elsewhere
---`select set_config('moonpool.actor', $1, true)` does, for the rest of its transaction.
---@return table  a group
return function()
  return { kind = "group", build = function() return {} end,
    finish = function(owner, items, parts)
      if owner.is_subclass then return items end
      local made = companions_of(owner, items)
      parts.traits.audit = made.model
      parts.companions = { made.table, made.func }
      items[#items + 1] = made.trigger
      return items
    end }
end
