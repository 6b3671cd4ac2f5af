-- The query builder: random statements have the same text whether it is found or written anew.
local mp = require "moonpool"
local seed = require "spec.support.seed"
local shape = require "moonpool.sql.shape"
local sources = require "moonpool.sql.source"

local COUNT = 4000

local NAMES = { "id", "n", "name" }
local TYPES = { id = "int8", n = "int4", name = "text" }

local function table_of(name)
  return sources.reference(sources.new { name = name, columns = NAMES,
    type_of = function(column) return TYPES[column] end })
end

local users, posts = table_of "users", table_of "posts"

local function pick(list)
  return list[math.random(#list)]
end

local function number()
  return math.random(100)
end

-- A pool of expressions that are made once, so that some stand in several places.
local shared = { users.n + 1, mp.sql("lower(?)", "x"), mp.fn.coalesce(users.n, 3), users.id,
  mp.case { { users.n:gt(3), "a" }, otherwise = "b" } }

local conditions = {
  function() return users.n:gt(number()) end,
  function() return users.id:one_of { number(), number() } end,
  function() return users.name:like "a%" | users.name:is_null() end,
  function() return ~users.name:eq "x" & users.n:between(number(), number()) end,
  function() return pick(shared):is_not_null() end,
  function() return mp.sql("x > ?", number()) end,
  function() return mp.exists(mp.select({ posts.id }):from(posts):where(posts.n:eq(number()))) end,
  function() return users.id:one_of(mp.select({ posts.id }):from(posts):limit(number())) end,
}

local select_steps = {
  function(q) return q:where(pick(conditions)()) end,
  function(q) return q:where { n = number() } end,
  function(q) return q:order_by(pick(shared):desc()) end,
  function(q) return q:limit(number()) end,
  function(q) return q:offset(number()) end,
  function(q) return q:columns_added { pick(shared), extra = users.n * number() } end,
  function(q) return q:group_by(pick(shared)) end,
  function(q) return q:having(mp.fn.count():gt(number())) end,
  function(q) return q:distinct() end,
  function(q) return q:with("w" .. math.random(2), mp.select({ posts.id }):from(posts)
    :where(posts.n:lt(number()))) end,
  function(q) return q:window("w", { order = pick(shared) }) end,
}

local function random_select()
  local q = mp.select({ users.id, pick(shared) }):from(users)
  if math.random(3) == 1 then q = q:left_join(posts, posts.id:eq(users.id) & pick(conditions)()) end
  for _ = 1, math.random(0, 5) do q = pick(select_steps)(q) end
  return q
end

local makers = {
  random_select, random_select, random_select,
  function()
    local q = random_select():columns_replaced { pick(shared) }
    return q:union_all(random_select():columns_replaced { users.n }):limit(number())
  end,
  function()
    return mp.update(users):set({ n = pick { number(), users.n + number() } })
      :where(pick(conditions)()):returning(pick(shared))
  end,
  function() return mp.delete(users):where(pick(conditions)(), pick(conditions)()) end,
  function()
    return mp.insert(users):values({ id = number(), n = pick { number(), mp.default } })
      :on_conflict("id"):update { n = pick { number(), mp.excluded.n } }
  end,
  function() return mp.insert(users):values { { id = number() }, { id = number() } } end,
}

local function sql_of(query)
  local ok, text, params = pcall(query.sql, query)
  return ok and text or tostring(text):match "[^\n]*", ok and params or nil
end

-- As if no text had been written before.
local function anew(query)
  local templates = shape.templates
  shape.templates = function() return {} end
  local text, params = sql_of(query)
  shape.templates = templates
  return text, params
end

describe("a random statement", function()
  it("has the text that it would have if it were the first", function()
    seed.set "random statements"
    local found = {}
    for _ = 1, COUNT do
      local query = pick(makers)()
      local text, params = sql_of(query)
      local expected, expected_params = anew(query)

      assert.equal(expected, text)
      assert.same(expected_params, params)
      found[text] = true
    end
    local count = 0
    for _ in pairs(found) do count = count + 1 end
    assert.is_true(count > COUNT / 10, count .. " different texts")
  end)
end)
