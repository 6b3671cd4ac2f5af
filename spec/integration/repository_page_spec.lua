-- repository_page_spec.lua - keyset pages on a real server, against a list sorted by hand.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local fewer = require "spec.support.fewer"
local mp = require "moonpool"
local tables = require "spec.support.tables"

local SCHEMA = "repository_page_spec"
local SIZES = { 1, 2, 3, 7, 100 }

local Item = mp.model { "items",
  c.uuid("id", { primary_key = true, generate = "v7" }), c.int4 "rank", c.text "name",
  c.float8 "weight", c.timestamptz "at", c.bool "is_hot", c.numeric "price",
  c.text("note", { null = true }) }

local function seed()
  local given = math.tointeger(os.getenv "MP_SEED") or os.time()
  print("MP_SEED=" .. given)
  math.randomseed(given)
end

-- Few distinct values, so that most rows are equal in most columns.
local NAMES = { "", "a", "A", "b", "é", "z'\"\\", "a b" }
local WEIGHTS = { -1.5, 0.1, 0.1 + 0.2, 1e300, math.huge, -math.huge, -0.0, 0 / 0 }
local TIMES = { "2024-02-29T00:00:00Z", "2026-11-24T10:00:00.000001Z", "infinity" }

local function pick(list) return list[math.random(#list)] end

local function random_item()
  return { rank = math.random(-2, 2), name = pick(NAMES), weight = pick(WEIGHTS),
    at = mp.timestamp(pick(TIMES)), is_hot = math.random() < 0.5,
    price = mp.decimal(pick { "0.10", "0.1", "12345678901234567890.5" }) }
end

local COLUMNS = { "rank", "name", "weight", "at", "is_hot", "price" }

local function random_order()
  local terms, names = {}, table.move(COLUMNS, 1, #COLUMNS, 1, {})
  for at = 1, math.random(0, 4) do
    terms[at] = table.remove(names, math.random(#names)) .. pick { "", " asc", " desc" }
  end
  if math.random() < 0.3 then terms[#terms + 1] = "id" .. pick { "", " desc" } end
  return terms
end

-- As the server does it: texts by bytes (under the specs' locale), NaN after every number.
local function is_less(a, b)
  if type(a) == "boolean" then return not a and b end
  if a ~= a or b ~= b then return a == a end
  return a < b
end

local function sorted(items, order)
  local copy = table.move(items, 1, #items, 1, {})
  table.sort(copy, function(a, b)
    for _, term in ipairs(order.terms) do
      local left, right = a[term.name], b[term.name]
      if is_less(left, right) then return not term.descending end
      if is_less(right, left) then return term.descending end
    end
    return false
  end)
  return copy
end

local function ids(rows)
  local list = {}
  for at, row in ipairs(rows) do list[at] = row.id end
  return list
end

local function walk_forward(items, options)
  local seen, pages, after = {}, 0, nil
  repeat
    local page = items:page { size = options.size, after = after, filter = options.filter }
    table.move(ids(page.items), 1, #page.items, #seen + 1, seen)
    assert.equal(pages > 0, page.prev ~= nil)
    after, pages = page.next, pages + 1
  until not after
  return seen, pages
end

-- From the last page to the first.
local function walk_back(items, size)
  local page = items:page { size = size }
  while page.next do page = items:page { size = size, after = page.next } end
  local seen = ids(page.items)
  while page.prev do
    page = items:page { size = size, before = page.prev }
    local found = ids(page.items)
    seen = table.move(seen, 1, #seen, #found + 1, found)
    assert.is_string(page.next)
  end
  return seen
end

describe("pages of a repository", function()
  local db, items

  local function ordered_by(order)
    local repository = mp.repository(Item, { order = order })
    repository.scopes.hot = function(q) return q:where({ is_hot = true }):order_by "name" end
    return repository:using(db)
  end

  setup(function()
    seed()
    db = tables.open(SCHEMA)
    tables.create(db, Item)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:exec "truncate items"
    items = ordered_by { "rank", "name desc" }
  end)

  local function fill(count)
    local rows = {}
    for at = 1, count do rows[at] = random_item() end
    return items:create_many(rows)
  end

  it("show every row once and in order, whatever the order, forth and back", function()
    local rows = fill(60)
    for _ = 1, fewer(15, 3) do
      local order, size = random_order(), pick(SIZES)
      local repository = ordered_by(order)
      local expected, what = ids(sorted(rows, repository.order)), table.concat(order, ", ")

      local forward, pages = walk_forward(repository, { size = size })

      assert.same(expected, forward, what)
      assert.equal(math.ceil(60 / size), pages, what)
      assert.same(expected, walk_back(repository, size), what)
      assert.same(expected, ids(repository:list()), what)
    end
  end)

  it("go back to the very page they came from", function()
    fill(20)
    local first = items:page { size = 5 }
    local second = items:page { size = 5, after = first.next }
    local third = items:page { size = 5, after = second.next }

    local again = items:page { size = 5, before = third.prev }

    assert.same(ids(second.items), ids(again.items))
    assert.same({ second.next, second.prev }, { again.next, again.prev })
    assert.is_nil(items:page({ size = 5, before = again.prev }).prev)
  end)

  it("keep to a filter and a scope, whose own order gives way", function()
    local hot = {}
    for _, row in ipairs(fill(60)) do
      if row.is_hot and row.rank > -2 then hot[#hot + 1] = row end
    end

    local seen = walk_forward(items:hot(), { size = 4, filter = { rank = mp.gt(-2) } })

    assert.same(ids(sorted(hot, items.order)), seen)
  end)

  it("are empty where nothing is", function()
    assert.same({ items = {} }, items:page { size = 3 })
  end)

  it("know their end when the rows fill them exactly", function()
    fill(6)
    local last = items:page { size = 3, after = items:page({ size = 3 }).next }

    assert.equal(3, #last.items)
    assert.is_nil(last.next)
  end)

  it("neither repeat nor leave out what was there while others come and go", function()
    local rows, seen, after = fill(40), {}, nil
    repeat
      local page = items:page { size = 5, after = after }
      for _, row in ipairs(page.items) do
        assert.is_nil(seen[row.id])
        seen[row.id] = true
      end
      after = page.next
      fill(3)
      items:delete(page.items[#page.items].id)
    until not after

    for _, row in ipairs(rows) do assert.is_true(seen[row.id]) end
  end)

  it("read the same within a transaction", function()
    local rows = fill(10)

    db:transaction(function(tx)
      assert.same(ids(sorted(rows, items.order)), walk_forward(items:using(tx), { size = 3 }))
    end, { isolation = "repeatable read" })
  end)

  it("refuse a cursor that was changed anywhere", function()
    fill(4)
    local cursor = items:page({ size = 2 }).next
    for at = 1, #cursor do
      local other = cursor:sub(at, at) == "A" and "B" or "A"
      local changed = cursor:sub(1, at - 1) .. other .. cursor:sub(at + 1)

      local page, err = errors.try(items.page, items, { after = changed })

      assert.is_nil(page, changed)
      assert.is_true(errors.is_error(err, "bad_argument"), tostring(err))
    end
  end)

  it("refuse the cursor of another order or table", function()
    fill(4)
    local cursor = items:page({ size = 2 }).next

    for _, order in ipairs { "rank", { "rank", "name" }, { "rank desc", "name desc" } } do
      local _, err = errors.try(items.page, ordered_by(order), { after = cursor })
      assert.matches("not one of this list", err.message)
    end
  end)

  it("refuse an order that NULL could break", function()
    local _, err = errors.try(items.page, ordered_by "note")

    assert.matches('"note": it may be NULL', err.message)
  end)
end)
