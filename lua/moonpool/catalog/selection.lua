-- Which objects `only` and `except` leave: relations by name, of the rest what these need; pure.
local dependency = require "moonpool.schema.metadata.dependency"
local given_module = require "moonpool.schema.given"
local item_module = require "moonpool.schema.metadata.item"
local suggest = require "moonpool.util.suggest"

-- Kinds that are chosen by name; triggers and the like go with their table.
local RELATIONS = { table = true, partition = true, view = true, materialized_view = true,
  sequence = true }
local OF_TABLES = { trigger = true, policy = true }

local function as_set(list)
  local set = {}
  for _, name in ipairs(list or {}) do set[name] = true end
  return set
end

local function check_known(list, objects)
  local known = {}
  for _, of in ipairs(objects) do
    if RELATIONS[of.kind] then known[of.name] = true end
  end
  for _, name in ipairs(list or {}) do
    if not known[name] then
      given_module.refuse("mp.reflect",
        ('there is no table or view "%s"%s'):format(tostring(name), suggest.phrase(name, known)),
        "only and except name tables, views and sequences")
    end
  end
end

-- What of a table or sequence an object is about; nil where it is about none.
local function subject(of)
  if RELATIONS[of.kind] then return of.name end
  if OF_TABLES[of.kind] then return of.table end
  local is_of_relation = of.kind == "grant" and (of.of_kind == "table" or of.of_kind == "sequence")
  return is_of_relation and of.on or nil
end

-- Types and functions that what was chosen names, and those that they name.
local function add_needed(chosen, objects)
  local items = item_module.list(objects)
  local edges, wanted, queue = dependency.find(items), {}, {}
  for _, item in ipairs(items) do
    if chosen[item.object] then queue[#queue + 1] = item end
  end
  while #queue > 0 do
    local item = table.remove(queue)
    for _, edge in ipairs(edges[item]) do
      local of = edge.to.object
      if not wanted[of] and not subject(of) then
        wanted[of], chosen[of] = true, true
        queue[#queue + 1] = edge.to
      end
    end
  end
end

local function choose(objects, wanted, unwanted)
  local chosen = {}
  for _, of in ipairs(objects) do
    local name = subject(of)
    local is_wanted = wanted == nil or name ~= nil and wanted[name]
    if is_wanted and not unwanted[name or ""] then chosen[of] = true end
  end
  return chosen
end

---@param objects table[]
---@param only string[]?
---@param except string[]?
---@return table[]
return function(objects, only, except)
  if not only and not except then return objects end
  check_known(only, objects)
  check_known(except, objects)
  local chosen, list = choose(objects, only and as_set(only), as_set(except)), {}
  if only then add_needed(chosen, objects) end
  for _, of in ipairs(objects) do
    if chosen[of] then list[#list + 1] = of end
  end
  return list
end
