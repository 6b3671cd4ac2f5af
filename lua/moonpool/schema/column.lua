-- A column as data: its name, type and options, checked when it is declared.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local identifier = require "moonpool.sql.identifier"
local null = require "moonpool.null"
local options = require "moonpool.options"
local sql_text = require "moonpool.schema.sql_text"

local column = {}

---@class moonpool.schema.Column
---@field kind "column"
---@field name string
---@field type string?  SQL; nil while a foreign key's target is not declared yet
---@field shape ("enum" | "range" | "composite" | "domain")?  what a type's name stands for
---@field null boolean
local Column = {}
Column.__index = Column
Column.__name = "moonpool.Column"

local COMMON = {
  { name = "null", kind = "boolean", default = false, doc = "whether NULL is allowed" },
  { name = "primary_key", kind = "boolean", default = false },
  { name = "unique", kind = "boolean", default = false },
  { name = "index", kind = "boolean", default = false },
  { name = "default", kind = "any", doc = 'a value, or mp.sql"now()"' },
  { name = "identity", kind = "any", doc = 'true, "always" or "by default"' },
  { name = "generated", kind = "any", doc = "the SQL that computes it" },
  { name = "generate", kind = "any", doc = '"v4", "v7" or a function' },
  { name = "check", kind = "any", doc = "the SQL that must hold" },
  { name = "references", kind = "any", doc = '"table(column)", or { table =, column = }' },
  { name = "comment", kind = "string" },
  { name = "collation", kind = "string" },
  { name = "renamed_from", kind = "string" },
  { name = "load", kind = "function" },
  { name = "dump", kind = "function" },
  { name = "deferred", kind = "boolean", default = false },
}

local REFERENCE = {
  { name = "table", kind = "string", required = true },
  { name = "schema", kind = "string" },
  { name = "column", kind = "string", default = "id" },
  { name = "name", kind = "string" },
  { name = "on_delete", kind = "choice",
    values = { "cascade", "restrict", "no action", "set null", "set default" } },
  { name = "on_update", kind = "choice",
    values = { "cascade", "restrict", "no action", "set null", "set default" } },
  { name = "deferrable", kind = "boolean", default = false },
}

local function refuse(name, message, hint)
  errors.raise { kind = "bad_argument", message = ('column "%s": %s'):format(name, message),
    hint = hint }
end

local IDENTITY = { [true] = "by default", always = "always", ["by default"] = "by default" }

-- "app.teams(id)", "teams(id)" or "teams".
local function parse_reference(name, text)
  local target, target_column = text:match("^%s*([%w_.]+)%s*%(%s*([%w_]+)%s*%)%s*$")
  target = target or text:match("^%s*([%w_.]+)%s*$")
  if not target then
    refuse(name, ("references %q is not a table and its column"):format(text), '"teams(id)"')
  end
  local schema, own = target:match("^([^.]+)%.([^.]+)$")
  return { table = own or target, schema = schema, column = target_column }
end

local function context_of(name)
  return { kind = "bad_argument", what = ('column "%s"'):format(name) }
end

local function read_reference(name, given)
  if given == nil then return nil end
  local fields = type(given) == "string" and parse_reference(name, given) or given
  return options.read(REFERENCE, fields, context_of(name))
end

local function count_set(read, ...)
  local count = 0
  for _, key in ipairs { ... } do count = count + (read[key] ~= nil and 1 or 0) end
  return count
end

local function check_conflicts(name, read)
  if read.primary_key and read.null then
    refuse(name, "a primary key cannot be null", "leave null out")
  end
  if count_set(read, "default", "identity", "generated") > 1 then
    refuse(name, "default, identity and generated exclude each other", "keep one of them")
  end
  if read.identity and not IDENTITY[read.identity] then
    refuse(name, ("identity cannot be %s"):format(tostring(read.identity)),
      'use true, "always" or "by default"')
  end
end

local GENERATORS = { v4 = true, v7 = true }

local function check_generate(name, generate)
  if generate == nil or GENERATORS[generate] or type(generate) == "function" then return end
  refuse(name, ("generate cannot be %s"):format(tostring(generate)), '"v4", "v7" or a function')
end

-- Each instance gets an empty table of its own; one with values would be shared, or lost.
local function check_default(name, default)
  local is_value = type(default) == "table" and default ~= null
  if not is_value or expression.is_expression(default) or next(default) == nil then return end
  refuse(name, "its default is a table with values", [[write it as SQL: mp.sql"'{1,2}'"]])
end

local function check_name(name)
  local ok, err = pcall(identifier.quote, name)
  if ok then return end
  errors.raise { kind = "bad_argument", message = "column: " .. err.message, hint = err.hint }
end

local function merged(a, b)
  local rows = table.move(a, 1, #a, 1, {})
  return table.move(b, 1, #b, #rows + 1, rows)
end

---@param name string
---@param type_sql (string | fun(shape: table): string)?  SQL, or made of the shaping options
---@param given table?  the options
---@param shape_rows moonpool.OptionRow[]?  the type's own options
---@return moonpool.schema.Column
function column.new(name, type_sql, given, shape_rows)
  check_name(name)
  local rows = merged(COMMON, shape_rows or {})
  local read = options.read(rows, given, context_of(name))
  check_conflicts(name, read)
  check_generate(name, read.generate)
  check_default(name, read.default)
  read.kind, read.name = "column", name
  read.type = type(type_sql) == "function" and type_sql(read) or type_sql
  read.identity = IDENTITY[read.identity]
  read.references = read_reference(name, read.references)
  for _, key in ipairs { "check", "generated" } do
    local given_text = read[key]
    read[key] = given_text ~= nil and sql_text(given_text, key .. " of column " .. name) or nil
  end
  return setmetatable(read, Column)
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
  return value.default ~= nil and not expression.is_expression(value.default)
end

return column
