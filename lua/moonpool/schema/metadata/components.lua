-- Strongly connected components of a graph (Tarjan, not recursive): who is in a cycle with whom.

local function enter(state, node)
  state.count = state.count + 1
  state.index[node], state.low[node] = state.count, state.count
  state.stack[#state.stack + 1] = node
  state.on_stack[node] = true
  state.frames[#state.frames + 1] = { node = node, at = 0 }
end

local function leave(state, node)
  if state.low[node] ~= state.index[node] then return end
  local member
  repeat
    member = table.remove(state.stack)
    state.on_stack[member] = nil
    state.component[member] = node
  until member == node
end

-- One step of the walk: to the next neighbour, or back.
local function step(state, neighbours)
  local frame = state.frames[#state.frames]
  frame.at = frame.at + 1
  local other = neighbours(frame.node)[frame.at]
  if other == nil then
    table.remove(state.frames)
    leave(state, frame.node)
    local parent = state.frames[#state.frames]
    if parent then
      state.low[parent.node] = math.min(state.low[parent.node], state.low[frame.node])
    end
  elseif not state.index[other] then
    enter(state, other)
  elseif state.on_stack[other] then
    state.low[frame.node] = math.min(state.low[frame.node], state.index[other])
  end
end

---@param nodes table[]
---@param neighbours fun(node: table): table[]  the same list each time
---@return table<table, table>  each node's component, named by one of its nodes
return function(nodes, neighbours)
  local state = { count = 0, index = {}, low = {}, stack = {}, on_stack = {}, frames = {},
    component = {} }
  for _, node in ipairs(nodes) do
    if not state.index[node] then
      enter(state, node)
      while #state.frames > 0 do step(state, neighbours) end
    end
  end
  return state.component
end
