-- The SQL texts of an item, in which names of other objects may stand.
local expression = require "moonpool.sql.expression"
local sql_text = require "moonpool.schema.sql_text"

local texts = {}

local function add(list, value)
  if type(value) == "string" then
    list[#list + 1] = value
  elseif expression.is_expression(value) then
    list[#list + 1] = sql_text(value, "an expression")
  end
end

local function add_elements(list, elements)
  for _, item in ipairs(elements or {}) do
    add(list, item.expression)
    add(list, item.operator_class)
    add(list, item.collation)
  end
end

local function add_part(list, item)
  add(list, item.expression)
  add(list, item.where)
  add_elements(list, item.elements)
end

local function add_column(list, item)
  add(list, item.type or item.resolve_type and item.resolve_type())
  add(list, item.generated)
  add(list, item.collation)
  if expression.is_expression(item.default) then add(list, item.default) end
end

local readers = {}

function readers.table(list, of)
  for _, item in ipairs(of:declared_columns()) do add_column(list, item) end
  for _, item in ipairs(of:constraints()) do add_part(list, item) end
  add_elements(list, of.partition and of.partition.elements)
end

function readers.partition(list, of)
  for _, item in ipairs(of.columns) do add_column(list, item) end
  for _, item in ipairs(of.constraints) do add_part(list, item) end
  for _, item in ipairs(of.indexes) do add_part(list, item) end
  add_elements(list, of.partition and of.partition.elements)
end

function readers.domain(list, of)
  add(list, of.type)
  if expression.is_expression(of.default) then add(list, of.default) end
  for _, item in ipairs(of.checks) do add(list, item.expression) end
end

function readers.range_type(list, of)
  for _, name in ipairs { "subtype", "operator_class", "collation", "subtype_diff" } do
    add(list, of[name])
  end
end

function readers.composite(list, of)
  for _, field in ipairs(of.fields) do add_column(list, field) end
end

-- What other languages' bodies name is looked for when they run.
function readers.func(list, of)
  add(list, of.args)
  add(list, of.returns)
  if of.language == "sql" then add(list, of.body) end
end

function readers.view(list, of)
  add(list, of.query)
end

function readers.materialized_view(list, of)
  add(list, of.query)
  for _, item in ipairs(of.indexes) do add_part(list, item) end
end

function readers.trigger(list, of)
  add(list, of.condition)
  add(list, of.execute)
  add(list, of.from)
end

function readers.policy(list, of)
  add(list, of.using)
  add(list, of.check)
end

---@param item moonpool.schema.MetadataItem
---@return string[]
function texts.of(item)
  local list = {}
  if item.kind == "index" then
    add_part(list, item.index)
  elseif readers[item.kind] then
    readers[item.kind](list, item.object)
  end
  return list
end

-- A name in quotes is as it stands, any other in lower case.
local function read_name(quoted, plain)
  if quoted ~= "" then return (quoted:gsub('""', '"')) end
  return plain:lower()
end

-- The next name at or after a place, and where it ends.
local function next_name(text, at)
  local from, to, plain = text:find("([%a_\x80-\xff][%w_$\x80-\xff]*)", at)
  local quote_from, quote_to, quoted = text:find('"([^"]+)"', at)
  if quote_from and (not from or quote_from < from) then
    return read_name(quoted, ""), quote_from, quote_to
  end
  if from then return read_name("", plain), from, to end
end

---Every name in a text with what stands before its dot, in strings too (`'x'::regclass`).
---@param text string
---@return fun(): string?, string?
function texts.names(text)
  local at, before, before_end = 1, nil, nil
  return function()
    local name, from, to = next_name(text, at)
    if not name then return nil end
    local is_qualified = before and text:sub(before_end + 1, from - 1) == "."
    local qualifier = is_qualified and before or nil
    at, before, before_end = to + 1, name, to
    return name, qualifier
  end
end

return texts
