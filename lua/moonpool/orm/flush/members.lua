-- Lists of objects that are added to and taken from many times, each gone through but twice; pure.
local members = {}

---@class moonpool.orm.flush.Members
local Members = {}
Members.__index = Members

local function set_of(list)
  local set = {}
  for _, item in ipairs(list) do set[item] = true end
  return set
end

local function known(self, list)
  local set = self.sets[list]
  if not set then
    set = set_of(list)
    self.sets[list] = set
  end
  return set
end

---@return boolean
function Members:has(list, item)
  return known(self, list)[item] == true
end

function Members:add(list, item)
  known(self, list)[item] = true
  list[#list + 1] = item
end

---It is in the list until `finish`.
function Members:remove(list, item)
  known(self, list)[item] = nil
  self.changed[list] = true
end

---Take out of the lists what was removed.
function Members:finish()
  for list in pairs(self.changed) do
    local set, kept = self.sets[list], 0
    for at = 1, #list do
      local item = list[at]
      list[at] = nil
      if set[item] then
        kept = kept + 1
        list[kept] = item
      end
    end
  end
  self.changed = {}
end

---@return moonpool.orm.flush.Members
function members.new()
  return setmetatable({ sets = {}, changed = {} }, Members)
end

return members
