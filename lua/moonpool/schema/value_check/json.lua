-- JSON values: what no JSON can hold, found with its path.
local kind = require "moonpool.schema.value_check.kind"
local null = require "moonpool.null"
local text = require "moonpool.schema.value_check.text"

local MAX_DEPTH = 1000

local PLAIN_CLASSES = { json = true, list = true, map = true }

local function step(key)
  return math.type(key) == "integer" and ("[%d]"):format(key) or "." .. tostring(key)
end

-- `count` names and `length` items: a table is one or the other.
local function shape_refusal(value)
  local names, items = 0, 0
  for key in next, value do
    if type(key) == "string" then names = names + 1
    elseif math.type(key) == "integer" then items = items + 1
    else return "a key that is neither a name nor an index is not JSON" end
  end
  if names > 0 and items > 0 then return "a table with names and items is not JSON" end
  if items ~= #value and names == 0 then return "a list with holes is not JSON" end
end

local function refuse_number()
  return "JSON has no NaN and no infinity", "leave it out, or give a string"
end

local function scalar_refusal(value, text_refusal)
  local form, class = type(value), kind.class(value)
  if form == "string" then return text_refusal(value) end
  if form == "number" then
    if value ~= value or math.abs(value) == math.huge then return refuse_number() end
  elseif class == "decimal" then
    if not value:is_finite() then return refuse_number() end
  elseif not (form == "boolean" or value == null or PLAIN_CLASSES[class]) then
    return kind.mismatch(value, "JSON"), "give tables, strings, numbers and booleans"
  end
end

local visit

local function visit_items(value, depth, text_refusal)
  for key, item in next, value do
    local message, hint, path
    if type(key) == "string" then message, hint = text_refusal(key) end
    if not message then message, hint, path = visit(item, depth + 1, text_refusal) end
    if message then return message, hint, step(key) .. (path or "") end
  end
end

function visit(value, depth, text_refusal)
  if type(value) ~= "table" or value == null then return scalar_refusal(value, text_refusal) end
  if depth > MAX_DEPTH then return "JSON nested so deep cannot be stored", "store it flatter" end
  local message = shape_refusal(value)
  if message then return message, "mp.null stands for null, mp.map for an object" end
  return visit_items(value, depth, text_refusal)
end

-- json keeps the text as it was, with an escaped NUL; jsonb has no place for one.
local function json_text(value)
  if not utf8.len(value) then return text.refusal(value) end
end

---@return moonpool.schema.Check
return function(read)
  local text_refusal = read.base == "json" and json_text or text.refusal
  return function(value)
    local message, hint, path = visit(value, 1, text_refusal)
    if not message then return nil end
    if not path then return message, hint end
    return ("%s at path %s"):format(message, (path:gsub("^%.", ""))), hint
  end
end
