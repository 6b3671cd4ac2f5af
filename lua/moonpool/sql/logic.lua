-- Conditions from lists, for those that are gathered one by one: `or_ { a, b }`, `and_ { a, b }`.
local construct = require "moonpool.sql.construct"
local term = require "moonpool.sql.term"

local logic = {}

local function check(name, list)
  if type(list) ~= "table" or getmetatable(list) ~= nil then
    term.refuse(("%s_ takes a list of conditions"):format(name), ("mp.%s_ { a, b }"):format(name))
  end
  for key, item in pairs(list) do
    if math.type(key) ~= "integer" or not term.is(item) then
      term.refuse(("%s_ takes conditions, and %s is none"):format(name, tostring(key)),
        ("mp.%s_ { User.age:gt(3), User.active }"):format(name))
    end
  end
end

local function join(name, list, empty)
  check(name, list)
  local made = list[1] or construct.raw(empty)
  for at = 2, #list do made = term.binary(name, made, list[at], "bool") end
  return made
end

---All of them; of none, true.
---@param list moonpool.sql.Expression[]
function logic.all(list) return join("and", list, "true") end

---At least one of them; of none, false.
---@param list moonpool.sql.Expression[]
function logic.any(list) return join("or", list, "false") end

return logic
