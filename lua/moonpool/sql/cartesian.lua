-- A warning, by Lua's `warn`, for tables in one statement that no condition ties to each other:
-- every row of one then meets every row of the other. Looked for when a text is first written.
local caller = require "moonpool.errors.caller"
local node_module = require "moonpool.sql.node"
local scope = require "moonpool.sql.scope"

local cartesian = {}

-- Which of the tables are tied, as a forest.
local function root_of(parents, name)
  while parents[name] ~= name do name = parents[name] end
  return name
end

local function tie(parents, names)
  local first
  for name in pairs(names) do
    if parents[name] then
      first = first or root_of(parents, name)
      parents[root_of(parents, name)] = first
    end
  end
end

local collect

local function collect_field(child, into)
  if not child then return end
  if child.kind then return collect(child, into) end
  for _, item in ipairs(child) do collect(item, into) end
end

local NAMED = { column = true, whole = true }

-- The tables whose columns are spoken of; `opaque` when there is SQL text that may speak of any.
function collect(node, into)
  if NAMED[node.kind] and node.qualifier then into.names[node.qualifier] = true end
  if node.kind == "fragment" or node.kind == "raw" and node.text:find "%." then
    into.opaque = true
  end
  for _, name in ipairs(node_module.children(node.kind)) do collect_field(node[name], into) end
end

local function spoken_of(node)
  local into = { names = {}, opaque = false }
  collect(node, into)
  return into
end

-- `a = 1 and b = 2` ties nothing: each of the two is looked at by itself.
local function each_condition(node, visit)
  if node.kind == "binary" and node.operator == "and" then
    each_condition(node.left, visit)
    each_condition(node.right, visit)
  else
    visit(spoken_of(node))
  end
end

-- A function's rows are made for the purpose of meeting every row.
local COUNTED = { table = true, derived = true, unnest = true }

-- Joins in brackets are one with each other, and known by the first of them.
local function tables_of(sources)
  local parents, names = {}, {}
  for _, source in ipairs(sources) do
    local tables = scope.tables(source)
    local first = tables[1]:qualifier()
    if COUNTED[tables[1].kind] then
      for _, one in ipairs(tables) do parents[one:qualifier()] = first end
      names[#names + 1] = first
    end
  end
  return parents, names
end

local function tie_joins(parents, joins, last)
  for _, join in ipairs(joins) do
    for _, one in ipairs(scope.tables(join.source)) do
      local name = one:qualifier()
      tie(parents, { [last] = true, [name] = true })
      parents[name] = parents[name] or last
    end
  end
end

-- Returns whether something is there that nobody can look into.
local function tie_conditions(parents, conditions)
  local opaque = false
  for _, condition in ipairs(conditions) do
    each_condition(condition, function(found)
      opaque = opaque or found.opaque
      tie(parents, found.names)
    end)
  end
  return opaque
end

local function conditions_of(node)
  local list = table.move(node.conditions, 1, #node.conditions, 1, {})
  for _, join in ipairs(node.joins) do list[#list + 1] = join.condition or nil end
  return list
end

local function stranger(parents, names)
  local first = root_of(parents, names[1])
  for at = 2, #names do
    if root_of(parents, names[at]) ~= first then return names[at] end
  end
end

local function place()
  local file, line = caller.find(0)
  return file and ("%s:%d: "):format(file, line) or ""
end

---@param node table  a select, update or delete
---@param sources moonpool.sql.Source[]  those that are written side by side
function cartesian.check(node, sources)
  if #sources < 2 then return end
  local parents, names = tables_of(sources)
  if #names < 2 then return end
  tie_joins(parents, node.joins, scope.tables(sources[#sources])[1]:qualifier())
  if tie_conditions(parents, conditions_of(node)) then return end
  local other = stranger(parents, names)
  if not other then return end
  warn(('moonpool: %sno condition ties "%s" and "%s": every row of one meets every row of the'
    .. ' other; join them on a condition, or say cross_join'):format(place(), names[1], other))
end

return cartesian
