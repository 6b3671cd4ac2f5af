-- Shapes: one table for each structure that an expression or a statement has, shared by all that
-- have it, so that what was written once for a shape is found again; bounded.
local shape = {}

-- Far more than a program has statements; a program that makes up texts starts anew now and then.
local LIMIT = 20000

-- Stand in a path for a part that is left out, and for the end of a list.
shape.ABSENT, shape.STOP = {}, {}

local TEMPLATES = {}

local filled, count = {}, 0

-- Every shape that is held somewhere stays what it is, and nothing leads to it any more.
local function forget()
  for _, at in ipairs(filled) do
    for key in next, at do at[key] = nil end
  end
  filled, count = {}, 0
end

local function put(at, key, value)
  if count >= LIMIT then forget() end
  if next(at) == nil then filled[#filled + 1] = at end
  count = count + 1
  at[key] = value
  return value
end

---The shape that comes after `at` by one more part.
---@param at table  a shape
---@param key any  a text, a flag or another shape
---@return table
function shape.step(at, key)
  return at[key] or put(at, key, {})
end

---@param at table  a shape
---@return table<string, table>  what was kept for it, by name
function shape.templates(at)
  return at[TEMPLATES] or put(at, TEMPLATES, {})
end

---@return integer  how many shapes are known; for specs
function shape.count()
  return count
end

shape.LIMIT = LIMIT

return shape
