-- The column types and how each is written in SQL, with the options that shape it.
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"

local types = {}

local MAX_PRECISION = 1000
local MAX_LENGTH = 10485760

local PRECISION = { name = "precision", kind = "integer", min = 1, max = MAX_PRECISION,
  doc = "digits in all" }
local SCALE = { name = "scale", kind = "integer", min = -MAX_PRECISION, max = MAX_PRECISION,
  doc = "digits after the point" }
local LENGTH = { name = "length", kind = "integer", min = 1, max = MAX_LENGTH,
  doc = "characters or bits at most" }
local SECONDS = { name = "precision", kind = "integer", min = 0, max = 6,
  doc = "digits of the second" }

local function plain(sql)
  return { sql = function() return sql end, rows = {} }
end

local function with_length(name)
  return { rows = { LENGTH }, sql = function(shape)
    return shape.length and ("%s(%d)"):format(name, shape.length) or name
  end }
end

-- `timestamptz(3)`; the server writes it as one word too.
local function with_seconds(name)
  return { rows = { SECONDS }, sql = function(shape)
    return shape.precision and ("%s(%d)"):format(name, shape.precision) or name
  end }
end

local function numeric_sql(shape)
  if shape.scale and not shape.precision then
    errors.raise { kind = "bad_argument", message = "numeric: scale is given without precision",
      hint = "give both: { precision = 12, scale = 2 }" }
  end
  if not shape.precision then return "numeric" end
  if not shape.scale then return ("numeric(%d)"):format(shape.precision) end
  return ("numeric(%d, %d)"):format(shape.precision, shape.scale)
end

---Each has `rows` (the options that shape it) and `sql(shape)`.
types.BY_NAME = {
  numeric = { rows = { PRECISION, SCALE }, sql = numeric_sql },
  varchar = with_length "varchar", char = with_length "char",
  bit = with_length "bit", varbit = with_length "varbit",
  time = with_seconds "time", timetz = with_seconds "timetz",
  timestamp = with_seconds "timestamp", timestamptz = with_seconds "timestamptz",
  interval = with_seconds "interval",
}

local PLAIN = [[int2 int4 int8 bool float4 float8 text citext uuid bytea json jsonb date inet cidr
  macaddr money xml tsvector hstore ltree]]
for name in PLAIN:gmatch("%S+") do types.BY_NAME[name] = plain(name) end

---A type that has a name of its own in the database: an enum, a domain, a composite, a range.
---@param name string  `role` or `app.role`
---@return string
function types.named(name)
  local schema, own = name:match("^([^.]+)%.([^.]+)$")
  return identifier.qualified(schema, own or name)
end

---@param element string  the element's SQL
---@return string
function types.array(element)
  return element .. "[]"
end

return types
