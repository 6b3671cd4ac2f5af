-- Constraints of a table as data: primary key, unique, check, foreign key, exclusion.
local element = require "moonpool.schema.element"
local given_module = require "moonpool.schema.given"
local options = require "moonpool.options"
local sql_text = require "moonpool.schema.sql_text"

local constraint = {}

---@class moonpool.schema.Constraint
---@field kind "primary_key" | "unique" | "check" | "foreign_key" | "exclude"
---@field name string?  the naming convention's when left out
---@field columns string[]?
---@field deferrable ("deferred" | "immediate" | false)?
local Constraint = { __name = "moonpool.Constraint" }

local NAMED = {
  { name = "name", kind = "string" }, { name = "comment", kind = "string" },
  { name = "renamed_from", kind = "string" },
}

local DEFERRABLE = { { name = "deferrable", kind = "any", default = false,
  doc = 'true: checked at the commit; "immediate": when a transaction asks for it' } }

-- Of those that the server keeps by an index.
local INDEXED = given_module.rows(NAMED, DEFERRABLE, {
  { name = "include", kind = "strings", doc = "columns kept in the index beside the key" },
  { name = "with", kind = "settings", doc = "storage parameters of the index" },
  { name = "tablespace", kind = "string" },
})

local UNIQUE = given_module.rows(INDEXED,
  { { name = "nulls_not_distinct", kind = "boolean", default = false } })

local CHECK = given_module.rows(NAMED, {
  { name = "no_inherit", kind = "boolean", default = false },
  { name = "not_valid", kind = "boolean", default = false, doc = "rows there are not looked at" },
})

local ACTIONS = { "cascade", "restrict", "no action", "set null", "set default" }

---What a foreign key does beside naming its target; a column's `references` has them too.
constraint.REFERENCE_ROWS = given_module.rows(DEFERRABLE, {
  { name = "on_delete", kind = "choice", values = ACTIONS },
  { name = "on_delete_columns", kind = "strings", doc = "those that are set, if not all of them" },
  { name = "on_update", kind = "choice", values = ACTIONS },
  { name = "match", kind = "choice", values = { "simple", "full" } },
  { name = "not_valid", kind = "boolean", default = false, doc = "rows there are not looked at" },
})

local FOREIGN_KEY = given_module.rows(NAMED, constraint.REFERENCE_ROWS, {
  { name = "table", kind = "string", required = true }, { name = "schema", kind = "string" },
  { name = "target", kind = "strings", default = { "id" }, doc = "the other table's columns" },
})

local EXCLUDE = given_module.rows(INDEXED, {
  { name = "using", kind = "string", default = "gist", doc = "the index's method" },
  { name = "where", kind = "any", doc = "SQL: only rows for which it holds" },
})

local function read_options(what, rows, rest)
  local read = options.read(rows, rest, { kind = "bad_argument", what = what })
  if read.name then given_module.check_name(what, read.name) end
  if read.deferrable == nil then return read end
  read.deferrable = given_module.deferrable(what, read.deferrable)
  return read
end

local function with_columns(kind, what, given, rows)
  local columns, rest = given_module.split(given)
  if #columns == 0 then
    given_module.refuse(what, "it names no column", ('%s { "column" }'):format(what))
  end
  given_module.check_names(what, columns)
  local read = read_options(what, rows, rest)
  if read.include then given_module.check_names("include of " .. what, read.include) end
  read.kind, read.columns = kind, columns
  return setmetatable(read, Constraint)
end

---@param given table  column names, and `name`, `include`, `deferrable`, ...
function constraint.primary_key(given)
  return with_columns("primary_key", "mp.primary_key", given, INDEXED)
end

---@param given table  column names, and `name`, `nulls_not_distinct`, `include`, `deferrable`, ...
function constraint.unique(given)
  return with_columns("unique", "mp.unique", given, UNIQUE)
end

local function check_set_columns(what, read)
  if not read.on_delete_columns then return end
  if read.on_delete ~= "set null" and read.on_delete ~= "set default" then
    given_module.refuse(what, "on_delete_columns are said of no set null or set default",
      'add on_delete = "set null"')
  end
  local own = {}
  for _, name in ipairs(read.columns) do own[name] = true end
  for _, name in ipairs(read.on_delete_columns) do
    if not own[name] then
      given_module.refuse(what, ('"%s" is no column of the key'):format(tostring(name)),
        "on_delete_columns are some of its own columns")
    end
  end
end

---@param given table  column names, and `table`, `schema`, `target` (columns), `on_delete`, ...
function constraint.foreign_key(given)
  local what = "mp.foreign_key"
  local read = with_columns("foreign_key", what, given, FOREIGN_KEY)
  given_module.check_names(what, read.target)
  if #read.target ~= #read.columns then
    given_module.refuse(what, ("%d columns refer to %d"):format(#read.columns, #read.target),
      "name as many columns in target")
  end
  check_set_columns(what, read)
  return read
end

---@param expression string | table  SQL that must hold for each row
---@param given { name: string?, no_inherit: boolean?, not_valid: boolean? }?
function constraint.check(expression, given)
  local read = read_options("mp.check", CHECK, given)
  read.kind, read.expression = "check", sql_text(expression, "mp.check")
  return setmetatable(read, Constraint)
end

---No two rows for which every operator holds: `{ { "room", with = "=" }, { "at", with = "&&" } }`.
---@param given table  elements with their operators, and `using`, `where`, ...
function constraint.exclude(given)
  local list, rest = given_module.split(given)
  local what = "mp.exclude"
  if #list == 0 then
    given_module.refuse(what, "it has no element", 'mp.exclude { { "during", with = "&&" } }')
  end
  local read = read_options(what, EXCLUDE, rest)
  given_module.check_name(what, read.using)
  read.kind, read.elements = "exclude", {}
  for at, item in ipairs(list) do read.elements[at] = element.read(item, what, "exclusion") end
  read.where = read.where ~= nil and sql_text(read.where, "where of mp.exclude") or nil
  return setmetatable(read, Constraint)
end

---@return boolean
function constraint.is_constraint(value)
  return getmetatable(value) == Constraint
end

return constraint
