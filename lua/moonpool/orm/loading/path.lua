-- From the rows of a relation's target back to the columns that hold its owner's key; pure.
local columns = require "moonpool.orm.loading.columns"
local filter = require "moonpool.sql.filter"
local related_filter = require "moonpool.orm.loading.related_filter"
local scope = require "moonpool.orm.scope"

local path = {}

---@param left moonpool.sql.Expression[]
---@param right any[]
---@return moonpool.sql.Expression
function path.all_equal(left, right)
  local condition = left[1]:eq(right[1])
  for at = 2, #left do condition = condition & left[at]:eq(right[at]) end
  return condition
end

---@param given any  a table of values, an expression, or a function of the columns
---@param model moonpool.Model
---@param source moonpool.sql.Source  the model's, or under an alias
---@param between moonpool.sql.Source?  of a many_to_many: the table between
---@return moonpool.sql.Expression[]
function path.conditions(given, model, source, between)
  if given == nil then return {} end
  local reader = source == model.source and model.c or path.reader(source)
  if type(given) == "function" then given = given(reader, between and path.reader(between)) end
  return filter.conditions(related_filter.read(model, given, reader), source)
end

---@return table<string, moonpool.sql.Expression>  a source's columns by their names
function path.reader(source)
  return setmetatable({}, { __index = function(_, name) return source:column(name) end })
end

local function add_conditions(statement, list)
  for _, condition in ipairs(list) do statement = statement:where(condition) end
  return statement
end

-- A related row counts where the relation says so; a soft-deleted one between does not.
local function restrict(statement, relation, source, between)
  if relation.type_value then
    statement = statement:where(source:column(relation.type_column):eq(relation.type_value))
  end
  return add_conditions(statement,
    path.conditions(relation.where, relation.target, source, between))
end

local back

local function by_way_of_pairs(statement, relation, source, way)
  local through = relation.through
  local between = through.source
  if way.is_taken(between) then between = between:as(way.alias()) end
  local there = columns.expressions(through.target_columns, source)
  local here = columns.expressions(through.to, between)
  statement = statement:join(between, path.all_equal(here, there))
  if through.model then statement = scope.narrow(statement, through.model, between, way.reach) end
  return statement, columns.expressions(through.from, between), between
end

-- Rows between that were deleted softly lead nowhere.
local function by_way_of_relation(statement, relation, source, way)
  local first, second = relation.via[1], relation.via[2]
  local links
  statement, links = back(statement, second, source, way)
  local middle = first.target.source:as(way.alias())
  local on = path.all_equal(columns.expressions(second.local_columns, middle), links)
  statement = scope.narrow(statement:join(middle, on), first.target, middle, way.reach)
  return back(statement, first, middle, way)
end

---Joins what lies between; the statement then reads only rows that the relation leads to.
---@param statement moonpool.sql.Select
---@param relation moonpool.orm.Relation
---@param source moonpool.sql.Source  of the target, as it stands in the statement
---@param way table
---@return moonpool.sql.Select
---@return moonpool.sql.Expression[] links  equal to the owner's local_columns
---@return moonpool.sql.Source? between
function back(statement, relation, source, way)
  if relation.via then
    return by_way_of_relation(restrict(statement, relation, source), relation, source, way)
  end
  local links, between = columns.expressions(relation.target_columns, source), nil
  if relation.through then
    statement, links, between = by_way_of_pairs(statement, relation, source, way)
  end
  return restrict(statement, relation, source, between), links, between
end

---@param statement moonpool.sql.Select  from the relation's target
---@param relation moonpool.orm.Relation
---@param reach moonpool.orm.Reach
---@return moonpool.sql.Select
---@return moonpool.sql.Expression[] links  equal to the owner's local_columns
---@return moonpool.sql.Source? between
function path.back(statement, relation, reach)
  local source, count = relation.target.source, 0
  return back(scope.narrow(statement, relation.target, source, reach), relation, source, {
    reach = scope.reach(reach, { with_deleted = false }),
    is_taken = function(other) return other.name == source.name end,
    alias = function()
      count = count + 1
      return "_via" .. count
    end,
  })
end

return path
