-- What a Lua value is, in words for messages that never show the value itself.
local kind = {}

local raw_metatable = debug.getmetatable

local NAMES = { boolean = "a boolean", number = "a number", string = "a string", table = "a table",
  ["function"] = "a function", thread = "a coroutine", userdata = "a userdata" }

local VOWEL = { a = true, e = true, i = true, o = true, u = true }

---The class of a value of the library's own: "decimal", "timestamp", "range", ...
---@return string?
function kind.class(value)
  local meta = type(value) == "userdata" and raw_metatable(value)
    or type(value) == "table" and getmetatable(value)
  local name = type(meta) == "table" and rawget(meta, "__name")
  return type(name) == "string" and name:match "^moonpool%.(%l+)$" or nil
end

---@return string  "a table", "an interval"
function kind.of(value)
  local class = kind.class(value)
  if not class then
    return math.type(value) == "integer" and "an integer" or NAMES[type(value)]
  end
  return (VOWEL[class:sub(1, 1)] and "an " or "a ") .. class
end

---@param type_sql string
---@return string
function kind.mismatch(value, type_sql)
  return ("%s is not %s"):format(kind.of(value), type_sql)
end

return kind
