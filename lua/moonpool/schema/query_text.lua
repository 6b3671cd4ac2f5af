-- A query as DDL holds it: text, or a builder's select with its values written into it.
local array_text = require "moonpool.schema.array_text"
local errors = require "moonpool.errors"
local json_text = require "moonpool.schema.json_text"
local literal = require "moonpool.sql.literal"
local null = require "moonpool.null"

-- What a `$1` inside is no placeholder of.
local SKIPPED = {
  { "^'", "^'[^']*'" }, { '^"', '^"[^"]*"' }, { "^%-%-", "^%-%-[^\n]*" },
  { "^%$([%a_]*[%w_]*)%$", nil },
}

local function is_table(value)
  return type(value) == "table" and value ~= null
end

local JSON_CLASSES = { ["moonpool.list"] = true, ["moonpool.map"] = true }

-- Names are of objects; what has none, nowhere in it, is an array.
local function is_json(value)
  local meta = getmetatable(value)
  if meta then return JSON_CLASSES[rawget(meta, "__name")] == true end
  for key, item in next, value do
    local is_bound = key == "lower" and #value > 0
    local is_name = type(key) == "string" and not is_bound
    if is_name or is_table(item) and not is_bound and is_json(item) then return true end
  end
  return false
end

-- The literal has no type, so that it takes the one of what it is compared with.
local function value_text(value)
  if is_table(value) and is_json(value) then return literal.quote(json_text.of(value)) end
  local is_array = is_table(value) and getmetatable(value) == nil
  return literal.quote(is_array and array_text(value) or value)
end

local function skip(sql, at)
  for _, rule in ipairs(SKIPPED) do
    local from, to, tag = sql:find(rule[1], at)
    if from and rule[2] then
      local _, stop = sql:find(rule[2], at)
      return stop or #sql
    elseif from then
      local _, stop = sql:find("$" .. tag .. "$", to + 1, true)
      return stop or #sql
    end
  end
end

local function inlined(sql, params)
  local parts, at = {}, 1
  while at <= #sql do
    local stop = skip(sql, at)
    local number = not stop and sql:match("^%$(%d+)", at)
    if number then
      parts[#parts + 1] = value_text(params[math.tointeger(tonumber(number))])
      stop = at + #number
    else
      stop = stop or (sql:find("['\"$%-]", at + 1) or #sql + 1) - 1
      parts[#parts + 1] = sql:sub(at, stop)
    end
    at = stop + 1
  end
  return table.concat(parts)
end

local function is_statement(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "is_statement") == true
end

---@param value string | table
---@param what string  for the message
---@return string
return function(value, what)
  if is_statement(value) then
    local sql, params = value:sql()
    return inlined(sql, params)
  end
  if type(value) == "string" and value:find "%S" and not value:find("\0", 1, true) then
    return (value:gsub("[%s;]+$", ""))
  end
  errors.raise { kind = "bad_argument", message = what .. ": its query is missing",
    hint = "give a text of SQL, or a select" }
end
