-- Comparisons: each is a method of what stands on their left.
local fit = require "moonpool.sql.fit"
local json = require "moonpool.sql.json"
local node = require "moonpool.sql.node"
local null = require "moonpool.null"
local term = require "moonpool.sql.term"

local comparison = { methods = {} }

local methods = comparison.methods

node.layout("is", { "what" }, { "operand" })
node.layout("between", { "how" }, { "operand", "low", "high" })
node.layout("quantified", { "what" }, { "operand" })

local function subject(self, value)
  local operand = self.kind == "label" and self.operand or self
  return operand.is_part and json.comparable(operand, value) or operand
end

-- Families whose values are never tables.
local SINGLE = { number = true, text = true, boolean = true, time = true, interval = true,
  uuid = true, enum = true, bytea = true, network = true }

local function check_single(self, value)
  if not SINGLE[self.family] or self.is_part or getmetatable(value) ~= nil then return end
  term.refuse(("a value of type %s is compared with a table"):format(self.type or self.family),
    "one_of { a, b } compares with each of a list")
end

local function compare(operator, self, value)
  if type(value) == "table" then check_single(self, value) end
  return term.binary(operator, subject(self, value), value, "bool")
end

local ORDERED = { gt = ">", ge = ">=", lt = "<", le = "<=",
  is_distinct_from = "is distinct from", is_not_distinct_from = "is not distinct from" }
for name, operator in pairs(ORDERED) do
  methods[name] = function(self, value) return compare(operator, self, value) end
end

-- What users of other builders write.
methods.gte, methods.lte = methods.ge, methods.le

---Equal; NULL is compared by `is null`, as its reader means it.
function methods.eq(self, value)
  if value == null then return self:is_null() end
  return compare("=", self, value)
end

function methods.ne(self, value)
  if value == null then return self:is_not_null() end
  return compare("<>", self, value)
end

local function is(self, what)
  return term.new("is", { operand = subject(self, null), what = what, type = "bool" })
end

function methods.is_null(self) return is(self, "null") end
function methods.is_not_null(self) return is(self, "not null") end

for _, what in ipairs { "true", "false", "unknown" } do
  for _, negation in ipairs { "", "not " } do
    local name = ("is_%s%s"):format(negation, what):gsub(" ", "_")
    methods[name] = function(self)
      local operand = term.operand(self)
      fit.check(operand, name, { "boolean" })
      return term.new("is", { operand = operand, what = negation .. what, type = "bool" })
    end
  end
end

local function between(self, how, low, high, options)
  if low == null or high == null then
    term.refuse("nothing lies between NULL and a value", "use ge or le for one end")
  end
  local word = type(options) == "table" and options.symmetric and how .. " symmetric" or how
  return term.new("between", { operand = subject(self, low), how = word,
    low = term.operand(low), high = term.operand(high), type = "bool" })
end

---Both ends are in it; `{ symmetric = true }` takes them in either order.
function methods.between(self, low, high, options)
  return between(self, "between", low, high, options)
end

function methods.not_between(self, low, high, options)
  return between(self, "not between", low, high, options)
end

local function refuse_list(name, message)
  term.refuse(message, ("write %s { a, b }"):format(name))
end

local function check_list(name, list)
  if type(list) ~= "table" then
    refuse_list(name, ("%s takes a list, not a %s"):format(name, type(list)))
  end
  if #list == 0 and next(list) ~= nil then
    refuse_list(name, name .. " takes a list, not a table of names")
  end
  for _, item in ipairs(list) do
    if item == null then
      term.refuse("NULL is never one of a list", "add | column:is_null()")
    end
  end
end

local function has_expressions(list)
  for _, item in ipairs(list) do
    if term.is(item) or term.is_statement(item) then return true end
  end
  return false
end

-- A list of values is one array parameter, so the text is the same for every length.
local function member(self, name, list, words)
  if term.is_statement(list) then
    return term.binary(words.subquery, self, list, "bool")
  end
  if term.is(list) then
    return compare(words.operator, self, term.new("quantified",
      { what = words.quantifier, operand = list }))
  end
  check_list(name, list)
  if has_expressions(list) then
    local items = term.new("tuples", { items = term.list(list, term.operand) })
    return term.new("binary", { operator = words.subquery, left = subject(self, list[1]),
      right = items, type = "bool" })
  end
  local values = term.param(table.move(list, 1, #list, 1, {}))
  return term.binary(words.operator, subject(self, list[1] == nil and "" or list[1]),
    term.new("quantified", { what = words.quantifier, operand = values }), "bool")
end

node.layout("tuples", {}, { "items" })

---One of a list (one array parameter), of an array's elements or of a select's rows.
---@param list any[] | table
function methods.one_of(self, list)
  return member(term.operand(self), "one_of", list,
    { operator = "=", quantifier = "any", subquery = "in" })
end

---None of a list, of an array's elements or of a select's rows.
---@param list any[] | table
function methods.none_of(self, list)
  return member(term.operand(self), "none_of", list,
    { operator = "<>", quantifier = "all", subquery = "not in" })
end

local function quantified(what, given)
  if term.is_statement(given) or term.is(given) then
    return term.new("quantified", { what = what, operand = term.of(given) })
  end
  if type(given) ~= "table" then
    term.refuse(("%s_of takes a list, an array or a select"):format(what),
      ("write column:gt(mp.%s_of { 1, 2 })"):format(what))
  end
  return term.new("quantified", { what = what,
    operand = term.param(table.move(given, 1, #given, 1, {})) })
end

---`column:gt(any_of(query))`: true for one of the rows, elements or list's values.
function comparison.any_of(given) return quantified("any", given) end

---`column:gt(all_of(query))`: true for each of them.
function comparison.all_of(given) return quantified("all", given) end

return comparison
