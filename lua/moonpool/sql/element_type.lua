-- A column's type as the element of an array parameter; nil where rows must go one by one.

-- An explicit cast to char(3), varchar(3) or bit(3) cuts silently where storing would refuse.
local ELEMENTS = {
  char = "text", character = "text", bpchar = "text", varchar = "text", bit = "varbit",
  ["character varying"] = "text", ["bit varying"] = "varbit", varbit = "varbit",
  ["double precision"] = "float8", serial = "int4", bigserial = "int8", smallserial = "int2",
}

-- What is not named here may be a composite, which unnest takes apart; so it does with arrays, and
-- an array of JSON is ambiguous to encode.
local AS_THEY_ARE = [[int2 int4 int8 smallint integer bigint bool boolean float4 float8 real numeric
  decimal text citext name uuid bytea date time timetz timestamp timestamptz interval inet cidr
  macaddr money xml tsvector hstore ltree]]
for name in AS_THEY_ARE:gmatch "%S+" do ELEMENTS[name] = name end

local SCALAR_SHAPES = { enum = true, range = true }

---@param type_sql string?  as a table's declaration has it
---@param shape string?  what kind of type a name stands for, where that is known
---@return string?
return function(type_sql, shape)
  if not type_sql then return nil end
  if SCALAR_SHAPES[shape] then return type_sql end
  return ELEMENTS[(type_sql:gsub("%s*%b()$", ""))]
end
