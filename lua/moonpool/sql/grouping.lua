-- Grouping sets: several groupings at once, `group_by(rollup(a, b))`.
local expression = require "moonpool.sql.expression"
local node = require "moonpool.sql.node"
local term = require "moonpool.sql.term"

local grouping = {}

node.layout("grouping", { "what" }, { "sets" })
node.layout("set", {}, { "items" })

local function element(item)
  if type(item) == "table" and getmetatable(item) == nil then
    return term.new("set", { items = term.list(item, expression.operand) })
  end
  if not expression.is_expression(item) then
    term.refuse(("a %s is nothing to group by"):format(type(item)), "mp.rollup(t.year, t.month)")
  end
  return item.kind == "label" and item.operand or item
end

local function make(what, name)
  return function(...)
    local given = table.pack(...)
    if given.n == 0 then
      term.refuse(name .. " names nothing", ("mp.%s(t.year, t.month)"):format(name))
    end
    return term.new("grouping", { what = what, sets = term.list(given, element) })
  end
end

---Totals of ever fewer of them: (a, b), (a), ().
grouping.rollup = make("rollup", "rollup")

---Totals of every choice among them.
grouping.cube = make("cube", "cube")

---`grouping_sets({ a, b }, { a }, {})`: exactly these.
grouping.sets = make("grouping sets", "grouping_sets")

return grouping
