-- What a session knows of its stored objects: a row of the result that an object came with, or a
-- copy of its row; pure.
--
-- Most of what is loaded nobody changes: the objects of a result are put down when the first of
-- them is asked about. Until then their batch says that they have a row, and which one.
local entries = {}

---@class moonpool.orm.Batch  the objects that came with a result
---@field siblings table[]
---@field result userdata?  nil: its rows are no snapshots
---@field names (string | false)[]?  of its columns
---@field awaits table?  the entries that lack the siblings, of which each row made a new one

---Put down what came with the batch and is not known better.
---@param known table
---@param batch moonpool.orm.Batch
---@param list (table | false)[]  what each row gave
function entries.put_down(known, batch, list)
  local is_kept = batch.result ~= nil
  for row, object in ipairs(list) do
    local is_its_own = object and getmetatable(object).batch == batch
    if is_its_own and rawget(known, object) == nil then known[object] = is_kept and row or true end
  end
end

local function put_down_waiting(batch)
  local known = batch.awaits
  batch.awaits = nil
  entries.put_down(known, batch, batch.siblings)
end

local META = {}

function META.__index(known, object)
  local meta = getmetatable(object)
  local batch = meta and meta.batch
  if not batch or batch.awaits ~= known then return nil end
  put_down_waiting(batch)
  return rawget(known, object)
end

---@return table<table, integer | table | true>
function entries.new()
  return setmetatable({}, META)
end

---Of the object nothing is known any more; its batch, which may say otherwise, is put down first.
---@param known table
---@param object table
function entries.remove(known, object)
  local meta = getmetatable(object)
  local batch = meta and meta.batch
  if batch and batch.awaits == known then put_down_waiting(batch) end
  known[object] = nil
end

-- Of most sessions; not to be changed.
entries.NO_BATCHES = {}

---@param batches moonpool.orm.Batch[]
---@return moonpool.orm.Batch[]  those that are not put down yet
function entries.waiting(batches)
  if #batches == 0 then return batches end
  local list = {}
  for _, batch in ipairs(batches) do
    if batch.awaits then list[#list + 1] = batch end
  end
  return list
end

---@param batches moonpool.orm.Batch[]
function entries.settle(batches)
  for _, batch in ipairs(batches) do
    if batch.awaits then put_down_waiting(batch) end
  end
end

return entries
