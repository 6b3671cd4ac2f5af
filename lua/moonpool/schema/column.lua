-- A column as data: its name, type and options, checked when it is declared.
local default_module = require "moonpool.schema.default"
local expression = require "moonpool.sql.expression"
local given_module = require "moonpool.schema.given"
local options = require "moonpool.options"
local reference = require "moonpool.schema.reference"
local sequence_rows = require "moonpool.schema.sequence_rows"
local sql_text = require "moonpool.schema.sql_text"
local type_name = require "moonpool.schema.type_name"

local column = {}

---@class moonpool.schema.Column
---@field kind "column"
---@field name string
---@field type string?  SQL; nil while a foreign key's target is not declared yet
---@field shape ("enum" | "range" | "composite" | "domain")?  what a type's name stands for
---@field subtype string?  SQL of the type of what lies in a range, where that is known
---@field null boolean
---@field identity ("always" | "by default")?
---@field identity_options table?  of its sequence: start, increment, ...
---@field generated string?  SQL
---@field virtual boolean  computed when read, not stored
---@field is_borrowed true?  one of another table, which is read with the rows of this one
---@field system true?  one that every table has: it is read, and never declared to the server
local Column = {}
Column.__index = Column
Column.__name = "moonpool.Column"

local COMMON = {
  { name = "null", kind = "boolean", default = false, doc = "whether NULL is allowed" },
  { name = "primary_key", kind = "boolean", default = false },
  { name = "unique", kind = "boolean", default = false },
  { name = "index", kind = "boolean", default = false },
  { name = "default", kind = "any", doc = 'a value, or mp.sql"now()"' },
  { name = "identity", kind = "any", doc = 'true, "always", "by default", or { start = 100 }' },
  { name = "generated", kind = "any", doc = "the SQL that computes it" },
  { name = "virtual", kind = "boolean", default = false, doc = "generated, but not stored" },
  { name = "generate", kind = "any", doc = '"v4", "v7" or a function' },
  { name = "check", kind = "any", doc = "the SQL that must hold" },
  { name = "references", kind = "any", doc = '"table(column)", or { table =, column = }' },
  { name = "comment", kind = "string" },
  { name = "collation", kind = "any", doc = 'its name, or mp.sql"schema.name"' },
  { name = "storage", kind = "choice", values = { "plain", "external", "extended", "main" } },
  { name = "compression", kind = "choice", values = { "pglz", "lz4" } },
  { name = "statistics", kind = "integer", min = 0, max = 10000 },
  { name = "renamed_from", kind = "string" },
  { name = "load", kind = "function" },
  { name = "dump", kind = "function" },
  { name = "deferred", kind = "boolean", default = false },
}

local IDENTITY = { [true] = "by default", always = "always", ["by default"] = "by default" }

local IDENTITY_ROWS = given_module.rows(sequence_rows, {
  { name = "name", kind = "string", doc = "of its sequence" },
  { name = "generation", kind = "choice", values = { "always", "by default" },
    default = "by default" },
})

local function what_of(name)
  return ('column "%s"'):format(name)
end

local function count_set(read, ...)
  local count = 0
  for _, key in ipairs { ... } do count = count + (read[key] ~= nil and 1 or 0) end
  return count
end

-- What excludes what, and what to do about it.
local CONFLICTS = {
  { function(read) return read.primary_key and read.null end,
    "a primary key cannot be null", "leave null out" },
  { function(read) return count_set(read, "default", "identity", "generated") > 1 end,
    "default, identity and generated exclude each other", "keep one of them" },
  { function(read) return read.identity and read.null end,
    "an identity column cannot be null", "leave null out" },
  { function(read) return read.generate and (read.identity or read.generated) end,
    "generate makes its values, and so does the server", "keep one of them" },
  { function(read) return read.virtual and read.generated == nil end,
    "virtual is said of a column that is not generated", 'add generated = "..."' },
}

local function check_conflicts(what, read)
  for _, conflict in ipairs(CONFLICTS) do
    if conflict[1](read) then given_module.refuse(what, conflict[2], conflict[3]) end
  end
end

local function set_identity(what, read)
  local given = read.identity
  if given == nil then return end
  if type(given) == "table" then
    local own = options.read(IDENTITY_ROWS, given,
      { kind = "bad_argument", what = what .. ", identity" })
    read.identity, own.generation = own.generation, nil
    read.identity_options = own
    return
  end
  read.identity = IDENTITY[given]
  if read.identity then return end
  given_module.refuse(what, ("identity cannot be %s"):format(tostring(given)),
    'use true, "always" or "by default"')
end

local GENERATORS = { v4 = true, v7 = true }

local function check_generate(what, generate)
  if generate == nil or GENERATORS[generate] or type(generate) == "function" then return end
  given_module.refuse(what, ("generate cannot be %s"):format(tostring(generate)),
    '"v4", "v7" or a function')
end

local function check_collation(what, collation)
  if collation == nil or expression.is_expression(collation) then return end
  given_module.check_name(what .. ", collation", collation)
end

local INTEGERS = { int2 = true, int4 = true, int8 = true }

local function check_identity_type(what, read)
  if not read.identity or not read.type then return end
  if INTEGERS[type_name.read(read.type).base] then return end
  given_module.refuse(what, ("an identity column cannot be %s"):format(read.type),
    "identity columns are int2, int4 or int8")
end

local function set_texts(name, read)
  for _, key in ipairs { "check", "generated" } do
    local given_text = read[key]
    read[key] = given_text ~= nil and sql_text(given_text, key .. " of column " .. name) or nil
  end
end

---@param name string
---@param type_sql (string | fun(shape: table): string)?  SQL, or made of the shaping options
---@param given table?  the options
---@param shape_rows moonpool.OptionRow[]?  the type's own options
---@return moonpool.schema.Column
function column.new(name, type_sql, given, shape_rows)
  given_module.check_name("column", name)
  local what = what_of(name)
  local read = options.read(given_module.rows(COMMON, shape_rows or {}), given,
    { kind = "bad_argument", what = what })
  check_conflicts(what, read)
  check_generate(what, read.generate)
  check_collation(what, read.collation)
  set_identity(what, read)
  read.kind, read.name = "column", name
  read.type = type(type_sql) == "function" and type_sql(read) or type_sql
  check_identity_type(what, read)
  read.references = reference.read(what, read.references)
  set_texts(name, read)
  default_module.check(what, read)
  return setmetatable(read, Column)
end

---A column that the server keeps of every row by itself, such as `xmin`.
---@param name string
---@param type_sql string
---@return moonpool.schema.Column
function column.system(name, type_sql)
  local made = column.new(name, type_sql)
  made.system = true
  return made
end

---A column of another table, which is read with the rows of this one.
---@param item moonpool.schema.Column
---@return moonpool.schema.Column
function column.borrowed(item)
  local copy = {}
  for option, value in pairs(item) do copy[option] = value end
  copy.primary_key, copy.unique, copy.index = false, false, false
  copy.check, copy.references = nil, nil
  copy.is_borrowed = true
  return setmetatable(copy, Column)
end

---@return boolean  whether the server makes its value, anew with each write of the row
function column.is_made_anew(value)
  return value.generated ~= nil or value.system == true
end

---@return boolean
function column.is_column(value)
  return getmetatable(value) == Column
end

---@param value moonpool.schema.Column
---@return string?  SQL; asks the target of a foreign key that was declared later
function column.type_of(value)
  return value.type or value.resolve_type and value.resolve_type()
end

---Whether a value of Lua (and not of SQL) is the default.
function column.has_plain_default(value)
  return default_module.is_plain(value)
end

---@return any  the default of a new instance, its own where it is a table
function column.initial_value(value)
  return default_module.value(value)
end

return column
