-- Elements of indexes, exclusions and partition keys, read from the server's own words for them.
local qualified = require "moonpool.schema.qualified"
local sql_scan = require "moonpool.schema.sql_scan"

local definition = {}

-- A name as it stands, without its quotes.
local function unquoted(name)
  local inner = name:match '^"(.*)"$'
  return inner and inner:gsub('""', '"') or name
end

-- `"C"` and `app."German"`: parts of a qualified name.
local function take_name(text)
  local parts, rest = {}, text
  repeat
    local stop = rest:sub(1, 1) == '"' and sql_scan.skip(rest, 1) or #rest:match "^[%w_$\x80-\xff]*"
    parts[#parts + 1] = rest:sub(1, stop)
    rest = rest:sub(stop + 1)
    local has_more = rest:sub(1, 1) == "."
    if has_more then rest = rest:sub(2) end
  until not has_more
  return parts, rest
end

local function take_word(text, word)
  local rest = text:match("^%s*" .. word .. "%f[^%w_]%s*(.*)$")
  return rest ~= nil, rest or text
end

-- The column or expression that an element begins with.
local function take_subject(text)
  if text:sub(1, 1) == "(" then
    local stop = sql_scan.skip(text, 1)
    return { expression = text:sub(2, stop - 1) }, text:sub(stop + 1)
  end
  local parts, rest = take_name(text)
  if rest:sub(1, 1) ~= "(" then return { column = unquoted(parts[1]) }, rest end
  local stop = sql_scan.skip(rest, 1)
  return { expression = table.concat(parts, ".") .. rest:sub(1, stop) }, rest:sub(stop + 1)
end

-- `(siglen='32')`
local function take_parameters(text)
  if not text:find "^%s*%(" then return nil, text end
  local open = text:find "%("
  local stop = sql_scan.skip(text, open)
  local parameters = {}
  for _, part in ipairs(sql_scan.split(text:sub(open + 1, stop - 1))) do
    local name, value = part:match "^([%w_]+)%s*=%s*'?(.-)'?$"
    parameters[name] = value
  end
  return parameters, text:sub(stop + 1)
end

local function take_class(item, text)
  local is_class = text:find '^%s+["%l_\x80-\xff]' ~= nil
  if not is_class then return text end
  local parts, rest = take_name(text:match "^%s+(.*)$")
  for at, part in ipairs(parts) do parts[at] = qualified.part(unquoted(part)) end
  item.operator_class = table.concat(parts, ".")
  item.parameters, rest = take_parameters(rest)
  return rest
end

local function take_order(item, text)
  local is_descending, rest = take_word(text, "DESC")
  if is_descending then item.order = "desc" end
  local has_nulls, after = take_word(rest, "NULLS")
  if not has_nulls then return rest end
  local is_first = take_word(after, "FIRST")
  item.nulls = is_first and "first" or "last"
  return (after:gsub("^%s*%u+", ""))
end

---@param text string  `lower(name) COLLATE "C" text_pattern_ops DESC NULLS LAST WITH =`
---@return moonpool.schema.Element  its `collation` is SQL
function definition.element(text)
  local item, rest = take_subject(text)
  local has_collation, after = take_word(rest, "COLLATE")
  if has_collation then
    local parts
    parts, rest = take_name(after)
    item.collation = table.concat(parts, ".")
  end
  rest = take_order(item, take_class(item, rest))
  local has_operator, operator = take_word(rest, "WITH")
  if has_operator then item.with = operator end
  return item
end

---@param list string  elements between commas
---@return moonpool.schema.Element[]
function definition.elements(list)
  local items = {}
  for at, part in ipairs(sql_scan.split(list)) do items[at] = definition.element(part) end
  return items
end

---The list in the brackets after the method: `... USING gist (a WITH =) WHERE ...`.
---@param text string
---@return string
function definition.list_of(text)
  local _, stop = sql_scan.find(text, " USING [%w_]+ ")
  local open = text:find("(", stop, true)
  return text:sub(open + 1, sql_scan.skip(text, open) - 1)
end

---The condition of a trigger's definition; nil where it has none.
---@param text string
---@return string?
function definition.trigger_condition(text)
  local _, stop = sql_scan.find(text, " WHEN %(")
  if not stop then return nil end
  return text:sub(stop + 1, sql_scan.skip(text, stop) - 1)
end

return definition
