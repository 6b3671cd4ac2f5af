-- A type's SQL text taken apart: `character varying(20)[]` is varchar, 20, one dimension; pure.
local type_name = {}

---@class moonpool.schema.TypeName
---@field base string  the short name: int4, varchar, timestamptz, app.mood
---@field modifiers integer[]  what stands in brackets
---@field dimensions integer

local WORDS = {
  ["smallint"] = "int2", ["integer"] = "int4", ["int"] = "int4", ["bigint"] = "int8",
  ["boolean"] = "bool", ["real"] = "float4", ["double precision"] = "float8",
  ["decimal"] = "numeric", ["dec"] = "numeric",
  ["character varying"] = "varchar", ["char varying"] = "varchar",
  ["character"] = "char", ["bit varying"] = "varbit",
  ["timestamp without time zone"] = "timestamp", ["timestamp with time zone"] = "timestamptz",
  ["time without time zone"] = "time", ["time with time zone"] = "timetz",
  ["smallserial"] = "int2", ["serial"] = "int4", ["bigserial"] = "int8", ["serial2"] = "int2",
  ["serial4"] = "int4", ["serial8"] = "int8",
}

local MAX_SINGLE_DIGITS = 24

local function read_modifiers(text)
  local modifiers = {}
  for number in (text or ""):gmatch "-?%d+" do
    modifiers[#modifiers + 1] = math.tointeger(tonumber(number))
  end
  return modifiers
end

local function take_dimensions(text)
  local dimensions = 0
  while true do
    local rest = text:match "^(.-)%s*%[%d*%]$"
    if not rest then break end
    text, dimensions = rest, dimensions + 1
  end
  local rest = text:match "^(.-)%s+array$"
  if rest and dimensions == 0 then return rest, 1 end
  return text, dimensions
end

-- The server's floats are named by their bits.
local function base_of(words, modifiers)
  if words == "float" then
    local is_single = modifiers[1] and modifiers[1] <= MAX_SINGLE_DIGITS
    return is_single and "float4" or "float8", {}
  end
  if words:find "^interval" then return "interval", modifiers end
  return WORDS[words] or words, modifiers
end

---Names in quotes are taken as they stand; others in lower case, as the server reads them.
---@param text string
---@return moonpool.schema.TypeName
function type_name.read(text)
  local rest, dimensions = take_dimensions(text:match "^%s*(.-)%s*$")
  local is_quoted = rest:find('"', 1, true)
  if is_quoted then return { base = rest, modifiers = {}, dimensions = dimensions } end
  local brackets = rest:match "%b()"
  local words = rest:gsub("%s*%b()%s*", " "):gsub("%s+", " "):match "^%s*(.-)%s*$":lower()
  words = words:gsub("^pg_catalog%.", "")
  local base, modifiers = base_of(words, read_modifiers(brackets))
  return { base = base, modifiers = modifiers, dimensions = dimensions }
end

---The short form of what the server writes at length: `character varying(20)` is `varchar(20)`.
---@param text string
---@return string  the text itself where there is none
function type_name.short(text)
  local read = type_name.read(text)
  local words = text:gsub("%s*%b()", ""):gsub("[%[%]%d]*$", ""):gsub("%s+", " ")
  if not WORDS[words] then return text end
  local list = table.concat(read.modifiers, ", ")
  return read.base .. (list ~= "" and ("(%s)"):format(list) or "") .. ("[]"):rep(read.dimensions)
end

return type_name
