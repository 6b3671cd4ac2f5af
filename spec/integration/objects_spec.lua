-- What is seen of many objects at once is the same in C as in Lua.
local driver = require "moonpool.driver"
local mp = require "moonpool"
local pure = require "moonpool.orm.objects"
local seed = require "spec.support.seed"

local NAMES = { "id", "name", "a name of more than forty bytes, which Lua does not intern" }

local SOME = {
  integer = function() return math.random(-1000, 1000) end,
  number = function() return math.random() end,
  text = function() return ("é"):rep(math.random(0, 30)) end,
  invalid = function() return "\xff" end,
  nul = function() return "a\0b" end,
  boolean = function() return math.random(2) == 1 end,
  userdata = function() return mp.timestamp "2024-01-01T00:00:00Z" end,
  table = function() return { 1 } end,
  null = function() return mp.null end,
  none = function() return nil end,
}
local KINDS = {}
for kind in pairs(SOME) do KINDS[#KINDS + 1] = kind end
table.sort(KINDS)

-- Each field mostly of one kind, as columns are.
local function random_objects(count)
  local list, kinds = {}, {}
  for _, name in ipairs(NAMES) do kinds[name] = KINDS[math.random(#KINDS)] end
  for at = 1, count do
    local object = {}
    for _, name in ipairs(NAMES) do
      local kind = math.random(20) == 1 and KINDS[math.random(#KINDS)] or kinds[name]
      object[name] = SOME[kind]()
    end
    if math.random(10) == 1 then object.other = true end
    if math.random(20) == 1 then object[1] = true end
    list[at] = object
  end
  return list
end

describe("many objects", function()
  it("are seen alike in C and in Lua", function()
    seed.set "objects"
    local columns = {}
    for _, name in ipairs(NAMES) do columns[name] = true end
    for _ = 1, 200 do
      local list = random_objects(math.random(0, 30))
      local copies = pure.copies(list, NAMES)
      assert.same(copies, driver.objects.copies(list, NAMES))
      for at, object in ipairs(list) do
        assert.same(copies[at], pure.copy(object, NAMES))
        assert.same(copies[at], driver.objects.copy(object, NAMES))
      end
      assert.same(pure.survey(list, NAMES), driver.objects.survey(list, NAMES))
      local expected, found = pure.holding(list, columns), driver.objects.holding(list, columns)
      assert.equal(#expected, #found)
      for at, object in ipairs(expected) do assert.equal(object, found[at]) end
    end
  end)

  it("may have one metatable", function()
    local one, other = {}, {}
    local function made(...)
      local list = {}
      for at, meta in ipairs { ... } do list[at] = setmetatable({}, meta or nil) end
      return list
    end
    for _, list in ipairs { made(), made(one), made(one, one, one), made(one, other),
      made(one, one, false), made(false, false) } do
      assert.equal(pure.metatable(list), driver.objects.metatable(list))
    end
    assert.equal(one, driver.objects.metatable(made(one, one)))
  end)

  it("are found in a table, where it has a table for each", function()
    local keys = { {}, {}, {} }
    local map = setmetatable({ [keys[1]] = {}, [keys[2]] = {}, [keys[3]] = 1 },
      { __index = function() error "asked" end })
    for _, objects in ipairs { pure, driver.objects } do
      assert.same({}, objects.tables_of(map, {}))
      assert.equal(map[keys[2]], objects.tables_of(map, { keys[1], keys[2] })[2])
      assert.is_nil(objects.tables_of(map, keys))
      assert.is_nil(objects.tables_of(map, { keys[1], {} }))
    end
  end)

  it("are looked at field by field, whatever their metatable says", function()
    local object = setmetatable({}, { __index = function() error "asked" end })
    assert.same({ {} }, driver.objects.copies({ object }, { "id" }))
    assert.equal("none", driver.objects.survey({ object }, { "id" })[1].kind)
    assert.same({}, driver.objects.holding({ object }, {}))
  end)

  it("are tables", function()
    for _, name in ipairs { "copies", "holding", "survey" } do
      assert.has_error(function() driver.objects[name]({ 1 }, { "id" }) end)
      assert.has_error(function() driver.objects[name](1, {}) end)
    end
  end)
end)
