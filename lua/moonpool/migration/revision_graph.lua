-- The graph of revisions: who comes after whom, checked once when it is made; pure.
local errors = require "moonpool.errors"
local revision = require "moonpool.migration.revision"

---@class moonpool.RevisionGraph
---@field private by_id table<string, moonpool.Revision>
---@field private parent_ids table<string, string[]>
---@field private child_ids table<string, string[]>
---@field private order string[]  every parent before its children
local RevisionGraph = {}
RevisionGraph.__index = RevisionGraph

local revision_graph = {}

local function name_of(record)
  return record.file or ("revision " .. record.revision)
end

local function refuse(message, hint)
  errors.raise { kind = "bad_config", message = message, hint = hint }
end

local function index_by_id(records)
  local by_id, ids = {}, {}
  for _, record in ipairs(records) do
    local twin = by_id[record.revision]
    if twin then
      refuse(("revision %s is defined twice: in %s and in %s"):format(
        record.revision, name_of(twin), name_of(record)),
        "give one of the two files another revision, and its children another down_revision")
    end
    by_id[record.revision] = record
    ids[#ids + 1] = record.revision
  end
  table.sort(ids)
  return by_id, ids
end

local function link(by_id, ids)
  local parent_ids, child_ids = {}, {}
  for _, id in ipairs(ids) do child_ids[id] = {} end
  for _, id in ipairs(ids) do
    local parents = revision.parents(by_id[id])
    table.sort(parents)
    for _, parent in ipairs(parents) do
      if not by_id[parent] then
        refuse(("%s: its parent, revision %s, does not exist"):format(name_of(by_id[id]), parent),
          "restore the parent's file, or correct down_revision")
      end
      table.insert(child_ids[parent], id)
    end
    parent_ids[id] = parents
  end
  return parent_ids, child_ids
end

local function refuse_cycle(by_id, trail, id)
  local start = 1
  while trail[start].id ~= id do start = start + 1 end
  local names = {}
  for i = start, #trail do names[#names + 1] = trail[i].id end
  names[#names + 1] = id
  refuse(("%s: the revisions form a cycle: %s"):format(
    name_of(by_id[id]), table.concat(names, " -> ")),
    "correct the down_revision of one of them; each arrow points to a parent")
end

-- Depth first with its own stack, parents before children, ids in order: the same graph always
-- gives the same order, and a chain of any length fits.
local function sort_from(root, graph, state, order)
  local trail = { { id = root, next_parent = 1 } }
  state[root] = "open"
  while #trail > 0 do
    local top = trail[#trail]
    local parent = graph.parent_ids[top.id][top.next_parent]
    top.next_parent = top.next_parent + 1
    if not parent then
      state[top.id] = "done"
      order[#order + 1] = top.id
      trail[#trail] = nil
    elseif state[parent] == "open" then
      refuse_cycle(graph.by_id, trail, parent)
    elseif not state[parent] then
      state[parent] = "open"
      trail[#trail + 1] = { id = parent, next_parent = 1 }
    end
  end
end

local function sort(graph, ids)
  local state, order = {}, {}
  for _, id in ipairs(ids) do
    if not state[id] then sort_from(id, graph, state, order) end
  end
  return order
end

local function reach(ids, neighbours)
  local found, queue = {}, {}
  for _, id in ipairs(ids) do
    if not found[id] then
      found[id] = true
      queue[#queue + 1] = id
    end
  end
  local at = 1
  while queue[at] do
    for _, id in ipairs(neighbours[queue[at]]) do
      if not found[id] then
        found[id] = true
        queue[#queue + 1] = id
      end
    end
    at = at + 1
  end
  return found
end

local function without_neighbours(graph, neighbours)
  local ids = {}
  for _, id in ipairs(graph.order) do
    if #neighbours[id] == 0 then ids[#ids + 1] = id end
  end
  table.sort(ids)
  return ids
end

---Check and link a list of revisions; a duplicate, a missing parent or a cycle raises `bad_config`.
---@param records moonpool.Revision[]
---@return moonpool.RevisionGraph
function revision_graph.new(records)
  local by_id, ids = index_by_id(records)
  local parent_ids, child_ids = link(by_id, ids)
  local graph = { by_id = by_id, parent_ids = parent_ids, child_ids = child_ids }
  graph.order = sort(graph, ids)
  return setmetatable(graph, RevisionGraph)
end

---@param id string
---@return moonpool.Revision?
function RevisionGraph:get(id)
  return self.by_id[id]
end

---Revisions without children, in the order of their ids.
---@return string[]
function RevisionGraph:heads()
  return without_neighbours(self, self.child_ids)
end

---Revisions without parents, in the order of their ids.
---@return string[]
function RevisionGraph:bases()
  return without_neighbours(self, self.parent_ids)
end

---@param id string  an existing revision
---@return string[]
function RevisionGraph:parents(id)
  return { table.unpack(self.parent_ids[id]) }
end

---@param id string  an existing revision
---@return string[]
function RevisionGraph:children(id)
  return { table.unpack(self.child_ids[id]) }
end

---Every revision, parents first, as records.
---@return moonpool.Revision[]
function RevisionGraph:all()
  return self:records(function() return true end)
end

---The records whose id `wanted` accepts, parents first.
---@param wanted fun(id: string): any
---@return moonpool.Revision[]
function RevisionGraph:records(wanted)
  local records = {}
  for _, id in ipairs(self.order) do
    if wanted(id) then records[#records + 1] = self.by_id[id] end
  end
  return records
end

---The set of the given revisions and all that they stand on.
---@param ids string[]
---@return table<string, true>
function RevisionGraph:ancestors(ids)
  return reach(ids, self.parent_ids)
end

---The set of the given revisions and all that stand on them.
---@param ids string[]
---@return table<string, true>
function RevisionGraph:descendants(ids)
  return reach(ids, self.child_ids)
end

---Revisions of a set that no other member of the set stands on: the heads of a database.
---@param set table<string, any>
---@return string[]
function RevisionGraph:heads_of(set)
  local heads = {}
  for _, id in ipairs(self.order) do
    local covered = not set[id]
    for _, child in ipairs(self.child_ids[id]) do
      covered = covered or set[child]
    end
    if not covered then heads[#heads + 1] = id end
  end
  table.sort(heads)
  return heads
end

---Ids that begin with a prefix, in order; a whole id is its own only match.
---@param prefix string
---@return string[]
function RevisionGraph:matches(prefix)
  if self.by_id[prefix] then return { prefix } end
  local found = {}
  for _, id in ipairs(self.order) do
    if id:sub(1, #prefix) == prefix then found[#found + 1] = id end
  end
  table.sort(found)
  return found
end

---@return string[]  every id, parents first
function RevisionGraph:ids()
  return { table.unpack(self.order) }
end

return revision_graph
