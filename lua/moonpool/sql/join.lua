-- Joins: of select, and of the tables that an update or delete also reads.
local construct = require "moonpool.sql.construct"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local filter = require "moonpool.sql.filter"
local identifier = require "moonpool.sql.identifier"
local node = require "moonpool.sql.node"
local source = require "moonpool.sql.source"
local statement = require "moonpool.sql.statement"

local join = { methods = {} }

local methods = join.methods

node.layout("join", { "how", "using", "alias" }, { "source", "condition" })

local TRUE = construct.raw "true"

local function refuse(origin, hint)
  errors.raise {
    kind = "bad_argument", hint = hint, table = origin.name,
    message = ('the join with "%s" has no condition'):format(origin.name),
  }
end

local function using_names(self, origin, names)
  local list = type(names) == "table" and names or { names }
  if #list == 0 then refuse(origin, 'give the common columns: { using = { "team_id" } }') end
  for _, name in ipairs(list) do
    if origin.kind ~= "joined" then origin:check(name) end
    if self.source and #self.joins == 0 then self.source:check(name) end
  end
  return list
end

-- `as` names the table of the common columns.
local function using_fields(self, origin, on)
  local names, alias = using_names(self, origin, on.using), rawget(on, "as")
  if alias ~= nil and (type(alias) ~= "string" or alias == "") then
    statement.refuse("the common columns have a name that is none",
      '{ using = { "team_id" }, as = "common" }')
  end
  return { using = identifier.list(names), merged = names, alias = alias }
end

local function all_of(conditions)
  local all = conditions[1]
  for at = 2, #conditions do all = all & conditions[at] end
  return all
end

local function condition_fields(self, origin, on)
  if expression.is_expression(on) then return { condition = on } end
  local using = type(on) == "table" and not expression.is_statement(on) and rawget(on, "using")
  if using then return using_fields(self, origin, on) end
  if type(on) ~= "table" or expression.is_statement(on) or next(on) == nil then
    refuse(origin, "give an expression: p.author_id:eq(u.id), or { using = { \"column\" } }")
  end
  return { condition = all_of(filter.conditions(on, origin)) }
end

local function add(self, how, origin, fields)
  fields.how, fields.source = how, origin
  return statement.add(self, "joins", { node.new("join", fields) })
end

-- The condition: an expression, `{ author_id = u.id }` of the joined table's columns, or
-- `{ using = { "author_id" } }`.
for name, how in pairs { join = "join", left_join = "left join", right_join = "right join",
  full_join = "full join" } do
  methods[name] = function(self, table_like, on)
    local origin = source.of(table_like)
    return add(self, how, origin, condition_fields(self, origin, on))
  end
end
methods.inner_join = methods.join

-- By all columns that both have by the same name.
for _, how in ipairs { "join", "left join", "right join", "full join" } do
  methods["natural_" .. how:gsub(" ", "_")] = function(self, table_like)
    return add(self, "natural " .. how, source.of(table_like), { merged = true })
  end
end

---Every row with every row.
function methods.cross_join(self, table_like)
  return add(self, "cross join", source.of(table_like), {})
end

local function lateral_source(table_like, alias)
  local is_named = type(alias) == "string"
  if expression.is_statement(table_like) and is_named then
    return source.derived(table_like, alias, { lateral = true })
  end
  if expression.is_expression(table_like) and is_named then
    table_like = expression.label(table_like, alias)
  end
  return source.of(table_like):as_lateral()
end

---A subquery or function that sees the tables before it, once for each of their rows.
---@param table_like any  a select with an alias, or what has one
---@param alias string?
function methods.lateral(self, table_like, alias)
  return add(self, "cross join", lateral_source(table_like, alias), {})
end

-- `left_join_lateral(query, "x")`: what the subquery itself asks is the condition.
local function lateral_join(how)
  return function(self, table_like, alias, on)
    local origin = lateral_source(table_like, alias)
    local given = type(alias) ~= "string" and alias or on
    return add(self, how, origin, condition_fields(self, origin, given or TRUE))
  end
end

methods.join_lateral = lateral_join "join"
methods.left_join_lateral = lateral_join "left join"

return join
