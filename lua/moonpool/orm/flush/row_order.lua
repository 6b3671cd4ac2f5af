-- The order of rows whose models refer to each other or to themselves: row by row; pure.
local errors = require "moonpool.errors"
local identity_key = require "moonpool.orm.identity_key"
local model_module = require "moonpool.orm.model"
local order = require "moonpool.orm.flush.order"

local row_order = {}

---@class moonpool.orm.flush.Edge
---@field child table
---@field parent table
---@field columns string[]  of the child
---@field is_null boolean  whether all of them may be NULL
---@field deferrable boolean

---@class moonpool.orm.flush.Rows
---@field objects table[]
---@field value fun(object: table, name: string): any
---@field referred fun(object: table, name: string): table?  the object behind a column, where known
---@field loose fun(object: table): table<string, { object: table } | false>  every such object
---@field can_ignore fun(edge: moonpool.orm.flush.Edge): boolean  the server allows any order
---@field cut fun(edge: moonpool.orm.flush.Edge)  take the reference out, to be written apart

local function root_of(object)
  return order.root_of(model_module.of(object))
end

local function values_of(rows, object, names)
  local values = {}
  for at, name in ipairs(names) do values[at] = rows.value(object, name) end
  return identity_key.of(values, #names)
end

-- The objects of a model by the columns that a foreign key refers to.
local function index_of(graph, model, names)
  local name = order.name_of(model) .. "\0" .. table.concat(names, "\0")
  local index = graph.indexes[name]
  if index then return index end
  index = {}
  for _, object in ipairs(graph.rows.objects) do
    if root_of(object) == model then
      local key = values_of(graph.rows, object, names)
      if key ~= nil then index[key] = object end
    end
  end
  graph.indexes[name] = index
  return index
end

local function is_null(model, names)
  for _, name in ipairs(names) do
    if not model.table.by_name[name].null then return false end
  end
  return true
end

local function parent_by(graph, object, key, target)
  local referred = graph.rows.referred(object, key.columns[1])
  if referred then return referred end
  local value = values_of(graph.rows, object, key.columns)
  return value ~= nil and index_of(graph, target, key.target)[value] or nil
end

local function add_edge(edges, graph, child, parent, key)
  local is_here = parent and graph.is_among[parent]
  if not is_here or graph.is_cut[child] and graph.is_cut[child][key.columns[1]] then return end
  edges[#edges + 1] = { child = child, parent = parent, columns = key.columns,
    is_null = is_null(model_module.of(child), key.columns),
    deferrable = key.deferrable == "deferred" }
end

-- Objects that are referred to without a foreign key: their keys have to be known first.
local function add_loose(edges, graph, object, is_declared)
  local names, refs = {}, graph.rows.loose(object)
  for name, ref in pairs(refs) do
    if ref and ref.object and not is_declared[name] then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    add_edge(edges, graph, object, refs[name].object, { columns = { name } })
  end
end

local function edges_of(graph, object)
  local edges, model, is_declared = {}, model_module.of(object), {}
  local root = root_of(object)
  for _, key in ipairs(order.keys_of(model)) do
    local target = order.target_of(model, key)
    for _, name in ipairs(key.columns) do is_declared[name] = true end
    if target and graph.order.component[target] == graph.order.component[root] then
      add_edge(edges, graph, object, parent_by(graph, object, key, target), key)
    end
  end
  add_loose(edges, graph, object, is_declared)
  return edges
end

local function cut(graph, edge)
  graph.is_cut[edge.child] = graph.is_cut[edge.child] or {}
  graph.is_cut[edge.child][edge.columns[1]] = true
  if edge.is_null then graph.rows.cut(edge) end
end

local function is_cuttable(graph, edge)
  return edge.is_null or edge.deferrable and graph.rows.can_ignore(edge)
end

local function describe(path)
  local texts = {}
  for at, edge in ipairs(path) do
    texts[at] = ("%s.%s"):format(model_module.of(edge.child).table.name,
      table.concat(edge.columns, ", "))
  end
  return table.concat(texts, " -> ")
end

-- The way around: from the object that was met again to the edge that leads back to it.
local function cycle_of(path, edge)
  local cycle, from = { edge }, #path
  while from > 0 and path[from].parent ~= edge.parent do
    table.insert(cycle, 1, path[from])
    from = from - 1
  end
  return cycle
end

local function cut_cycle(graph, path, edge)
  if is_cuttable(graph, edge) then return cut(graph, edge) end
  local cycle = cycle_of(path, edge)
  for _, other in ipairs(cycle) do
    if is_cuttable(graph, other) then
      cut(graph, other)
      return "again"
    end
  end
  errors.raise { kind = "bad_argument", table = model_module.of(edge.child).table.name,
    message = ("rows refer to each other in a circle, and none can be written first: %s"):format(
      describe(cycle)),
    hint = "allow NULL in one of these columns, or make its foreign key deferrable" }
end

local function visit(graph, object, path)
  graph.state[object] = "open"
  local depth = 0
  for _, edge in ipairs(edges_of(graph, object)) do
    local state = graph.state[edge.parent]
    if edge.parent == object then
      -- A row may refer to itself: what it holds is checked when it is there.
      if not graph.rows.can_ignore(edge) and cut_cycle(graph, path, edge) then return "again" end
    elseif state == "open" then
      if cut_cycle(graph, path, edge) then return "again" end
    else
      path[#path + 1] = edge
      if not state and visit(graph, edge.parent, path) then return "again" end
      path[#path] = nil
      depth = math.max(depth, graph.depth[edge.parent] + 1)
    end
  end
  graph.state[object], graph.depth[object] = "done", depth
end

local function pass(graph)
  graph.state, graph.depth = {}, {}
  for _, object in ipairs(graph.rows.objects) do
    if not graph.state[object] and visit(graph, object, {}) then return false end
  end
  return true
end

---How many rows lie under each: parents have lower numbers. Raises `bad_argument` for a circle of
---rows none of which can be written first.
---@param ordered moonpool.orm.flush.Order
---@param rows moonpool.orm.flush.Rows
---@return table<table, integer>
function row_order.depths(ordered, rows)
  local graph = { order = ordered, rows = rows, indexes = {}, is_among = {}, is_cut = {} }
  for _, object in ipairs(rows.objects) do graph.is_among[object] = true end
  repeat until pass(graph)
  return graph.depth
end

return row_order
