-- Whether a column can store a value, known before anything is sent; the server has the last word.
--
-- `value_check.of(column)` gives a function to be kept and called for each value: nothing when it
-- can be stored, else a message and a cure. Neither shows the value. Give it what a column's `dump`
-- has made of the value. Values of types that are not known here are left to the server.
local array = require "moonpool.schema.value_check.array"
local checkers = require "moonpool.schema.value_check.checkers"
local composite = require "moonpool.schema.value_check.composite"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local null = require "moonpool.null"
local type_name = require "moonpool.schema.type_name"

local value_check = {}

---@alias moonpool.schema.Check fun(value: any): string?, string?

local function accept() end

local composite_checker, plain_checker

local function element_checker(column, read)
  if column.labels then return checkers.enum(column.labels) end
  if column.fields then return composite_checker(column.fields) end
  if column.subtype then return checkers.range(type_name.read(column.subtype), read.base) end
  local own = column.domain and type_name.read(column.domain.type) or read
  local make = (own == read or own.dimensions == 0) and checkers.by_type[own.base]
  return make and make(own) or accept
end

-- Some types have tables for values, and of some nothing is known.
local TABLES = { json = true, jsonb = true, hstore = true }

local function has_plain_elements(column, read)
  if column.fields then return false end
  if column.labels or column.subtype then return true end
  return checkers.by_type[read.base] ~= nil and not TABLES[read.base]
end

-- Of everything but NULL.
function plain_checker(column)
  local type_sql = column.type or column.resolve_type and column.resolve_type()
  if not type_sql then return nil end
  local read = type_name.read(type_sql)
  local is_domain_of_array = column.domain and read.dimensions == 0
    and type_name.read(column.domain.type).dimensions > 0
  if is_domain_of_array then return plain_checker { type = column.domain.type } end
  local check = element_checker(column, read)
  if read.dimensions == 0 then return check end
  return array(check, type_sql, has_plain_elements(column, read))
end

local function null_refusal(column)
  if column.null then return nil end
  return "NULL is not allowed here", "give it a value, or declare the column with null = true"
end

local function refuse_absent()
  return "it has no value, and no default", "give it a value, or declare the column with a default"
end

-- nil leaves the column to the server, which has something for it or not.
local function absence_checker(column)
  local is_filled = column.null or column.default ~= nil or column.identity or column.generated
    or column.system
  return is_filled and accept or refuse_absent
end

local function refuse_generated()
  return "the server makes its values", "leave the field as it came, or out of a new row"
end

local function refuse_identity()
  return "the server makes its values", 'leave the field out, or declare identity = "by default"'
end

---@param column moonpool.schema.Column
---@return moonpool.schema.Check  of a value as it is sent: nil is none (the server's default is
---  taken), mp.null is NULL, an expression is let through
function value_check.of(column)
  local absent = absence_checker(column)
  local is_made = column.generated or column.system
  local refuse_any = is_made and refuse_generated
    or column.identity == "always" and refuse_identity
  local plain
  return function(value)
    if value == nil then return absent() end
    if refuse_any then return refuse_any() end
    if type(value) == "table" and expression.is_expression(value) then return nil end
    if value == null then return null_refusal(column) end
    plain = plain or plain_checker(column)
    if plain then return plain(value) end
  end
end

-- A row of a composite type: a table by field.
function composite_checker(fields)
  local checks, names = {}, {}
  for _, field in ipairs(fields) do
    checks[field.name], names[field.name] = value_check.of(field), true
  end
  return composite(checks, names)
end

---What is raised for it.
---@param of { name: string, schema: string? }  the table
---@param field string
---@param message string
---@param hint string
---@return moonpool.Error
function value_check.error(of, field, message, hint)
  return errors.new { kind = "invalid", message = ("%s.%s: %s"):format(of.name, field, message),
    hint = hint, table = of.name, schema = of.schema, column = field }
end

return value_check
