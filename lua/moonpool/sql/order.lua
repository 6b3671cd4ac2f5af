-- What a select is ordered or grouped by, as users name it.
local expression = require "moonpool.sql.expression"
local output = require "moonpool.sql.output"
local statement = require "moonpool.sql.statement"

local order = {}

local DIRECTIONS = { asc = true, desc = true }

-- `created_at desc nulls last`; a column's name may hold spaces, so words are taken off its end.
local function words_of(text)
  local rest, place = text:match "^(.-)%s+[nN][uU][lL][lL][sS]%s+(%a+)%s*$"
  place = place and place:lower()
  if place ~= "first" and place ~= "last" then rest, place = text, nil end
  local name, direction = rest:match "^%s*(.-)%s+(%a+)%s*$"
  direction = direction and direction:lower()
  if not DIRECTIONS[direction] then name, direction = rest, nil end
  return name:match "^%s*(.-)%s*$", direction, place
end

-- In a group the same name of some table's column would come first.
local function by_label(labelled, purpose)
  return purpose == "group" and labelled.operand or expression.column(nil, labelled.name)
end

-- SQL looks for a given name first in `order by`, and for a column first in `group by`.
local function find_name(self, name, purpose)
  local origin = self.source
  local known = origin and origin.known
  local is_column = known and known[name]
  local labelled = (purpose == "order" or not is_column) and output.find_label(self.columns, name)
  if labelled then return by_label(labelled, purpose) end
  if not origin then return expression.column(nil, name) end
  return (is_column or not known) and origin:column(name) or nil
end

local function directed(found, direction, place)
  if direction == "desc" then found = found:desc() end
  if place == "first" then found = found:nulls_first() end
  return place == "last" and found:nulls_last() or found
end

local function has_known_columns(self)
  return self.source and self.source.known ~= nil
end

local function named(self, text, purpose)
  local is_whole = purpose ~= "order" or has_known_columns(self) or not text:find "%s"
  local found = is_whole and find_name(self, text, purpose)
  if found then return found end
  local name, direction, place = text, nil, nil
  if purpose == "order" then name, direction, place = words_of(text) end
  found = find_name(self, name, purpose) or output.refuse_unknown(self.columns, self.source, name)
  return directed(found, direction, place)
end

-- What has a name in the list is spoken of by it.
local function term_of(item, purpose)
  if getmetatable(item) == nil and type(item) ~= "table" then
    statement.refuse(("a %s is nothing to order or group by"):format(type(item)),
      "give a column, its name or an expression")
  end
  local made = expression.of(item)
  return made.kind == "label" and by_label(made, purpose) or made
end

---@param self table  a select
---@param items any[]  names, expressions, or lists of them
---@param purpose "order" | "group" | "distinct_on"
---@return table[]
function order.read(self, items, purpose)
  local list = {}
  for _, item in ipairs(items) do
    if type(item) == "table" and getmetatable(item) == nil then
      local inner = order.read(self, item, purpose)
      table.move(inner, 1, #inner, #list + 1, list)
    else
      list[#list + 1] = type(item) == "string" and named(self, item, purpose)
        or term_of(item, purpose)
    end
  end
  return list
end

return order
