-- What a write sets: columns by their names, and elements, fields and JSON parts of columns.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local node = require "moonpool.sql.node"

local assignment = {}

node.layout("assignment", { "name", "names" }, { "value" })
node.layout("part_assignment", {}, { "target", "value" })

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

-- A key of jsonb or hstore is a part that can be set; json has none.
local function whole_of(part)
  if part.kind == "subscript" or part.kind == "field" then return part.operand end
  local is_key = part.kind == "binary" and part.operator == "->"
  return is_key and part.left.family ~= "json" and part.left or nil
end

local function column_of(part)
  local at = part
  while at and at.kind ~= "column" do at = whole_of(at) end
  if at and at ~= part then return at end
  refuse("only columns and parts of them can be set",
    'set { name = "x", [User.tags:at(1)] = "y", [User.settings:at "theme"] = "dark" }')
end

local function part(given, value, origin)
  local column = column_of(given)
  if column.qualifier and column.qualifier ~= origin:qualifier() then
    refuse(('a part of a column of "%s" is set in "%s"'):format(column.qualifier,
      origin:qualifier()), "set parts of columns of the table that is written")
  end
  return { name = origin:check(column.name), made = node.new("part_assignment",
    { target = given, value = expression.operand(value) }) }
end

local function whole(name, value, origin)
  return { name = name, made = node.new("assignment", { name = origin:check(name),
    value = expression.operand(value) }) }
end

---@param given table<string | moonpool.sql.Expression, any>
---@param origin moonpool.sql.Source
---@return table[]  nodes, by the names of the columns
function assignment.read(given, origin)
  if type(given) ~= "table" or expression.is_expression(given) then
    refuse("what to set is a table of values by column name", 'set { name = "x" }')
  end
  local list = {}
  for key, value in pairs(given) do
    list[#list + 1] = (expression.is_expression(key) and part or whole)(key, value, origin)
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  for at, item in ipairs(list) do list[at] = item.made end
  return list
end

---Columns of a new row and their values; a row that is not there has no parts.
---@param given table<string, any>
---@param origin moonpool.sql.Source
---@return string[] names
---@return moonpool.sql.Expression[] values
function assignment.row(given, origin)
  local names, values = {}, {}
  for at, item in ipairs(assignment.read(given, origin)) do
    if not item.name then
      refuse("a new row has no parts yet", "give the column its whole value")
    end
    names[at], values[at] = item.name, item.value
  end
  return names, values
end

---Several columns at once.
---@param names string  as SQL
---@param value moonpool.sql.Expression
function assignment.several(names, value)
  return node.new("assignment", { names = names, value = value })
end

return assignment
