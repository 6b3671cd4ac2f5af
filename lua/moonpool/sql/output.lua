-- What a statement gives: its list of columns as written, and the names of what comes back.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local source = require "moonpool.sql.source"
local suggest = require "moonpool.util.suggest"
local text = require "moonpool.util.text"

local output = {}

local function all_columns(origin)
  if not origin.columns then return { expression.star(origin:qualifier()) } end
  local list = {}
  for at, name in ipairs(origin.columns) do list[at] = origin:column(name) end
  return list
end

-- A name is a column; of what table, is known only where there is one.
local function column(name, origin)
  return origin and origin:column(name) or expression.column(nil, name)
end

local append_item

local function append(list, given, origin)
  for _, item in ipairs(given) do append_item(list, item, origin) end
  local names = {}
  for name in pairs(given) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do list[#list + 1] = expression.label(given[name], name) end
end

function append_item(list, item, origin)
  if type(item) == "string" then
    list[#list + 1] = column(item, origin)
  elseif source.is_like(item) then
    local columns = all_columns(source.of(item))
    table.move(columns, 1, #columns, #list + 1, list)
  elseif type(item) == "table" and getmetatable(item) == nil then
    append(list, item, origin)
  else
    list[#list + 1] = expression.constant(item)
  end
end

---A list of columns: strings are columns' names, a model or alias is all of its columns, tables
---give names to what is in them.
---@param given any[]
---@param origin moonpool.sql.Source?
---@return moonpool.sql.Expression[]
function output.read(given, origin)
  if type(given) ~= "table" or expression.is_expression(given) then
    errors.raise { kind = "bad_argument", hint = "{ u.id, total = expression }",
      message = ("columns are given in a list, not as %s"):format(text.show(given)) }
  end
  local list = {}
  append(list, given, origin)
  return list
end

---Names that were written before the table was known, as its columns. Those that are not may be
---columns of a table that is joined later.
---@param list moonpool.sql.Expression[]
---@param origin moonpool.sql.Source
function output.resolved(list, origin)
  local resolved = {}
  for at, item in ipairs(list) do
    local is_its = item.kind == "column" and not item.qualifier
      and (not origin.known or origin.known[item.name])
    resolved[at] = is_its and origin:column(item.name) or item
  end
  return resolved
end

local function name_of(item)
  if item.kind == "column" or item.kind == "label" then return item.name end
  return item.kind == "call" and item.name or nil
end

local LISTS = { select = "columns", insert = "results", update = "results", delete = "results",
  merge = "results" }

---@param statement table
---@return { names: string[], types: table<string, string> }?  nil where some name is not known
function output.of(statement)
  if statement.kind == "compound" then return output.of(statement.left) end
  if statement.kind == "values" then return { names = statement.names, types = {} } end
  local list = statement[LISTS[statement.kind]]
  if #list == 0 then return nil end
  local names, types = {}, {}
  for at, item in ipairs(list) do
    local name = name_of(item)
    if not name then return nil end
    names[at], types[name] = name, item.type
  end
  return { names = names, types = types }
end

---@param list moonpool.sql.Expression[]?
---@return moonpool.sql.Expression?  that of a select's columns which was given this name
function output.find_label(list, name)
  for _, item in ipairs(list or {}) do
    if item.kind == "label" and item.name == name then return item end
  end
end

---The columns of a table together with the names that a select gives; for a message.
---@param list moonpool.sql.Expression[]
---@param origin moonpool.sql.Source?
---@param name string
function output.refuse_unknown(list, origin, name)
  local names = {}
  for _, known in ipairs(origin and origin.columns or {}) do names[#names + 1] = known end
  for _, item in ipairs(list) do
    if item.kind == "label" then names[#names + 1] = item.name end
  end
  errors.raise { kind = "bad_argument", table = origin and origin.name,
    message = ('table "%s" has no column "%s"%s, and the select gives nothing that name'):format(
      origin and origin.name or "?", name, suggest.phrase(name, names)),
    hint = "there are: " .. table.concat(names, ", ") }
end

return output
