-- A set that remembers the order in which its items came; pure.

---@class moonpool.orm.OrderedSet
---@field count integer
local OrderedSet = {}
OrderedSet.__index = OrderedSet

-- What a set has before its first item: most sets of most sessions stay empty.
local NOTHING = {}

function OrderedSet:add(item)
  if self.places[item] then return end
  if self.places == NOTHING then self.items, self.places = {}, {} end
  self.last = self.last + 1
  self.items[self.last], self.places[item] = item, self.last
  self.count = self.count + 1
end

function OrderedSet:remove(item)
  local place = self.places[item]
  if not place then return end
  self.items[place], self.places[item] = nil, nil
  self.count = self.count - 1
end

---@return boolean
function OrderedSet:has(item)
  return self.places[item] ~= nil
end

---@return any[]  a new list, in order
function OrderedSet:list()
  local list = {}
  for place = 1, self.last do
    local item = self.items[place]
    if item ~= nil then list[#list + 1] = item end
  end
  return list
end

function OrderedSet:clear()
  self.items, self.places, self.last, self.count = NOTHING, NOTHING, 0, 0
end

local ordered_set = {}

---An empty one that stays so.
---@type moonpool.orm.OrderedSet
ordered_set.NONE = setmetatable({ items = NOTHING, places = NOTHING, last = 0, count = 0,
  add = function() error("this set is shared: make one for the item", 2) end }, OrderedSet)

---@return moonpool.orm.OrderedSet
function ordered_set.new()
  return setmetatable({ items = NOTHING, places = NOTHING, last = 0, count = 0 }, OrderedSet)
end

return ordered_set
