-- Families of SQL types: what a column of a type can be asked.
local type_family = {}

local NAMES = {
  text = "text varchar char character bpchar citext name character_varying",
  number = [[int2 int4 int8 smallint integer bigint float4 float8 real double_precision numeric
    decimal money serial bigserial smallserial int float]],
  boolean = "bool boolean",
  time = [[date time timetz timestamp timestamptz timestamp_with_time_zone
    timestamp_without_time_zone time_with_time_zone time_without_time_zone]],
  interval = "interval", json = "json", jsonb = "jsonb", uuid = "uuid", bytea = "bytea",
  bits = "bit varbit bit_varying", xml = "xml",
  tsvector = "tsvector", tsquery = "tsquery", hstore = "hstore", ltree = "ltree",
  network = "inet cidr", macaddr = "macaddr macaddr8",
  range = [[int4range int8range numrange tsrange tstzrange daterange int4multirange
    int8multirange nummultirange tsmultirange tstzmultirange datemultirange]],
}

local FAMILIES = {}
for family, names in pairs(NAMES) do
  for name in names:gmatch "%S+" do FAMILIES[name:gsub("_", " ")] = family end
end

local SHAPES = { enum = "enum", range = "range", composite = "composite", array = "array" }

---@param type_sql string?  as a declaration has it
---@param shape string?  what kind of type a name stands for, where that is known
---@return string?  nil for a type that nobody here knows, which may be asked anything
function type_family.of(type_sql, shape)
  if not type_sql then return nil end
  if type_sql:find "%[%d*%]$" then return "array" end
  local plain = type_sql:lower():gsub("%s*%b()", "")
  return FAMILIES[plain] or SHAPES[shape]
end

local ELEMENTS = { int4 = "int4", int8 = "int8", num = "numeric", ts = "timestamp",
  tstz = "timestamptz", date = "date" }

---@param type_sql string?
---@return string?  the type of what lies in a range of this type
function type_family.range_element(type_sql)
  local prefix = type_sql and (type_sql:match "^(%w-)multirange$" or type_sql:match "^(%w-)range$")
  return ELEMENTS[prefix]
end

local RANGES = {}
for prefix, element in pairs(ELEMENTS) do RANGES[element] = prefix .. "range" end

---@param type_sql string?
---@return string?  the type of ranges of such values
function type_family.range_of(type_sql)
  return RANGES[type_sql]
end

---@param type_sql string?
---@return string?  the type of an array's elements
function type_family.array_element(type_sql)
  return type_sql and type_sql:match "^(.*)%[%d*%]$"
end

local SMALL = { int2 = true, int4 = true, smallint = true, integer = true, serial = true,
  smallserial = true, int = true, int8 = true, bigint = true, bigserial = true }

---@return boolean
function type_family.is_integer(type_sql)
  return SMALL[type_sql] == true
end

return type_family
