-- What an insert does with a row whose key is there: `on_conflict("email"):update { "name" }`.
local assignment = require "moonpool.sql.assignment"
local existing = require "moonpool.sql.existing"
local expression = require "moonpool.sql.expression"
local filter = require "moonpool.sql.filter"
local node = require "moonpool.sql.node"
local options = require "moonpool.options"
local statement = require "moonpool.sql.statement"

local conflict = { methods = {} }

local methods = conflict.methods

node.layout("conflict", { "action", "constraint" },
  { "targets", "target_conditions", "assignments", "conditions" })

local FIELDS = { "action", "constraint", "targets", "target_conditions", "assignments",
  "conditions", "names" }

local function changed(self, changes)
  local fields = {}
  for _, name in ipairs(FIELDS) do fields[name] = self.conflict[name] end
  for name, value in pairs(changes) do fields[name] = value end
  return statement.with(self, "conflict", node.new("conflict", fields))
end

local TARGET = {
  { name = "constraint", kind = "string", doc = "a unique or exclusion constraint by its name" },
  { name = "where", kind = "any", doc = "the condition of a partial unique index" },
}

-- Positional columns, and the options of a table that comes last or alone.
local function split(given)
  local last = given[given.n]
  local is_table = type(last) == "table" and not expression.is_expression(last)
  if not is_table then return given, given.n, {} end
  local items, named = table.move(given, 1, given.n - 1, 1, {}), {}
  for key, value in pairs(last) do
    if math.type(key) ~= "integer" then named[key] = value end
  end
  for _, item in ipairs(last) do items[#items + 1] = item end
  return items, #items, named
end

local function target_of(self, item)
  if type(item) == "string" then
    return expression.column(nil, self.source:check(item)), item
  end
  if not expression.is_expression(item) then
    statement.refuse(("a key is made of columns, and a %s is none"):format(type(item)),
      'on_conflict("email"), on_conflict { constraint = "uq_users_email" }')
  end
  if item.kind == "column" then return expression.column(nil, item.name), item.name end
  return expression.fragment({ "(", ")" }, { item }), false
end

-- Where the model says that the columns are unique among some rows only, these are meant.
local function target_conditions(self, read, names)
  if read.where then return filter.conditions(read.where, self.source) end
  local where = #names > 0 and self.source.unique_where and self.source.unique_where(names)
  return where and { expression.raw(where) } or {}
end

---What happens to a row whose key is there: follow with `:ignore()` or `:update(...)`.
---@param ... any  the columns or expressions of the key; none for any key (only with `:ignore()`).
---  A last table has `where`, a partial index's condition, or `constraint`, a name in their place
function methods.on_conflict(self, ...)
  local items, count, named = split(table.pack(...))
  local read = options.read(TARGET, named, { kind = "bad_argument", what = "on_conflict" })
  local targets, names = {}, {}
  for at = 1, count do targets[at], names[at] = target_of(self, items[at]) end
  if read.constraint and count > 0 then
    statement.refuse("on_conflict names both columns and a constraint", "keep one of them")
  end
  if read.where and count == 0 then
    statement.refuse("on_conflict has a condition and no columns",
      'on_conflict("email", { where = condition })')
  end
  local conditions = target_conditions(self, read, names)
  local begun = statement.with(self, "existing", nil, "conflict", node.new("conflict", {
    constraint = read.constraint, targets = targets, target_conditions = conditions,
    conditions = {}, names = names }))
  return statement.noting(begun, "returns_existing", nil)
end

local function check_begun(self, method)
  if self.conflict then return end
  statement.refuse(("%s is called before on_conflict"):format(method),
    'insert:on_conflict("key"):' .. method)
end

local IGNORE = { { name = "return_existing", kind = "boolean", default = false,
  doc = "`returning` gives the rows that are there too" } }

---Leave the row that is there as it is; with `{ return_existing = true }`, `returning` gives it.
---@param given { return_existing: boolean? }?
function methods.ignore(self, given)
  check_begun(self, "ignore()")
  local read = options.read(IGNORE, given, { kind = "bad_argument", what = "ignore" })
  local made = statement.with(changed(self, { action = "ignore" }), "existing", nil)
  return conflict.completed(statement.noting(made, "returns_existing",
    read.return_existing or nil))
end

---Brings up to date what looks for existing rows; to be called after every change that it is about.
function conflict.completed(self)
  if not (self.returns_existing and self.given_names) then return self end
  return statement.with(self, "existing", existing.query(self))
end

-- A list of names takes over the new row's values; a table of names to values sets those.
local function assignments_of(self, given)
  if type(given) ~= "table" or expression.is_expression(given) then
    statement.refuse(("the update of on_conflict is a table, not a %s"):format(type(given)),
      'update { "name", hits = expression }')
  end
  local set = {}
  for name, value in pairs(given) do
    if math.type(name) == "integer" then
      set[self.source:check(value)] = expression.column("excluded", value)
    else
      set[name] = value
    end
  end
  return assignment.read(set, self.source)
end

local function all_but_key(self)
  local key, names = {}, {}
  for _, name in ipairs(self.conflict.names) do key[name] = true end
  for _, name in ipairs(self.given_names or {}) do
    if not key[name] then names[#names + 1] = name end
  end
  return names
end

---@param given table?  `{ "name" }` takes the new value, `{ hits = expression }` sets one; left
---  out: every column of the rows but the key's
function methods.update(self, given)
  check_begun(self, "update{...}")
  if #self.conflict.targets == 0 and not self.conflict.constraint then
    statement.refuse("on_conflict():update needs the key's columns", 'on_conflict("id")')
  end
  local list = assignments_of(self, given or all_but_key(self))
  if #list == 0 then
    statement.refuse("the update of on_conflict sets nothing", 'update { "name" }, or ignore()')
  end
  return changed(self, { action = "update", assignments = list })
end

---Update only where this holds; after `:update`.
function methods.where(self, ...)
  check_begun(self, "where(...)")
  if self.conflict.action ~= "update" then
    statement.refuse("where belongs to on_conflict(...):update", "call :update{...} before :where")
  end
  local conditions = self.conflict.conditions
  for _, given in ipairs { ... } do
    conditions = statement.append(conditions, filter.conditions(given, self.source))
  end
  return changed(self, { conditions = conditions })
end

return conflict
