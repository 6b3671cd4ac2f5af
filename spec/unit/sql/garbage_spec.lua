-- The query builder: whatever a method is given, it makes something or says what is wrong.
local errors = require "moonpool.errors"
local models = require "spec.support.sql_cases.models"
local mp = require "moonpool"
local term = require "moonpool.sql.term"

local u, b = models.User:as "u", models.Booking:as "b"
local query = mp.select({ u.id }):from(u)

-- Each in a list of its own, since nil is one of them.
local GARBAGE = { { n = 0 }, { nil, n = 1 }, { 5, n = 1 }, { -1.5, n = 1 }, { "x", n = 1 },
  { "", n = 1 }, { true, n = 1 }, { {}, n = 1 }, { { 1 }, n = 1 }, { { a = 1 }, n = 1 },
  { { {} }, n = 1 }, { math.abs, n = 1 }, { u.age, n = 1 }, { query, n = 1 },
  { mp.null, n = 1 }, { models.User, n = 1 }, { u.age:as "l", n = 1 }, { u.age:desc(), n = 1 },
  { mp.tuple(u.id, u.age), n = 1 }, { mp.gte(3), n = 1 } }

local SECOND = { { n = 0 }, { { a = 1 }, n = 1 }, { u.age, n = 1 } }

local SUBJECTS = { u.name, u.settings, u.tags, b.seats, u.age:as "l", mp.tuple(u.id, u.age),
  query, query:union(query), mp.values { { 1 } },
  mp.insert(models.Team):values({ name = "x" }):on_conflict "name",
  mp.update(models.User):set { age = 1 }, mp.delete(models.Post),
  mp.merge(models.Team):using(u, u.team_id:eq(models.Team.id)) }

local FUNCTIONS = { "select", "insert", "update", "delete", "merge", "values", "cte", "recursive",
  "table", "tablesample", "only", "rollup", "cube", "grouping_sets", "sql", "lit", "row", "tuple",
  "named", "variadic", "array", "case", "any_of", "all_of", "exists", "not_exists", "scalar",
  "joined", "rows_from", "json_table", "and_", "or_" }

-- What only the terminal methods ask.
local INSIDE = { is_short = true }

local function methods_of(subject)
  local names = {}
  for name, value in pairs(getmetatable(subject)) do
    if type(value) == "function" and not name:find "^__" and not INSIDE[name] then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

local function is_made(value)
  return term.is(value) or term.is_statement(value)
end

-- The error of a call or of the text that it leads to, where that is not one of ours.
local function fault_of(fn, ...)
  local ok, made = pcall(fn, ...)
  if ok and is_made(made) then ok, made = pcall(made.sql, made) end
  return not ok and not errors.is_error(made) and tostring(made) or nil
end

local function arguments(first, second)
  local list = table.move(first, 1, first.n, 1, {})
  return list, first.n, table.move(second, 1, second.n, first.n + 1, list), first.n + second.n
end

local function check_all(fn, subject, name)
  for _, first in ipairs(GARBAGE) do
    for _, second in ipairs(SECOND) do
      local list, _, _, count = arguments(first, second)
      local fault
      if subject then
        fault = fault_of(fn, subject, table.unpack(list, 1, count))
      else
        fault = fault_of(fn, table.unpack(list, 1, count))
      end
      assert.is_nil(fault, name)
    end
  end
end

describe("garbage", function()
  it("is taken by no method of expressions and statements without a word", function()
    for _, subject in ipairs(SUBJECTS) do
      for _, name in ipairs(methods_of(subject)) do check_all(subject[name], subject, name) end
    end
  end)

  it("is taken by no function without a word", function()
    for _, name in ipairs(FUNCTIONS) do check_all(mp[name], nil, name) end
  end)
end)
