-- moonpool.sql.cartesian: which statements are warned of.
local mp = require "moonpool"

local function table_of(name)
  return mp.table(name, { "id", "a_id", "b_id" })
end

describe("a statement of tables that nothing ties", function()
  local warnings, original
  -- Each spec has names of its own, since a text is looked at when it is first written.
  local count = 0
  local a, b, c
  before_each(function()
    warnings, original, count = {}, warn, count + 1
    rawset(_G, "warn", function(text) warnings[#warnings + 1] = text end)
    a, b, c = table_of("a" .. count), table_of("b" .. count), table_of("c" .. count)
  end)
  after_each(function() rawset(_G, "warn", original) end)

  local function warned(query)
    tostring(query)
    return warnings[1]
  end

  it("is warned of, with the place and the cure", function()
    local text = warned(mp.select({ a.id }):from(a, b))

    assert.matches("cartesian_spec.lua:%d+: no condition ties \"a1\" and \"b1\"", text)
    assert.matches("cross_join", text)
  end)

  it("is warned of once", function()
    for _ = 1, 3 do warned(mp.select({ a.id }):from(a, b)) end

    assert.equal(1, #warnings)
  end)

  it("is warned of where conditions are about each by itself", function()
    assert.is_string(warned(mp.select({ a.id }):from(a, b):where(a.id:eq(1) & b.id:eq(2))))
  end)

  it("is warned of where one of three is left alone", function()
    assert.matches("c%d+",
      warned(mp.select({ a.id }):from(a, b, c):where(b.a_id:eq(a.id))))
  end)

  it("is warned of beside a join", function()
    assert.is_string(warned(mp.select({ a.id }):from(a, b):join(c, c.b_id:eq(b.id))))
  end)

  it("is warned of in an update and a delete", function()
    assert.is_string(warned(mp.update(a):set({ a_id = b.id }):from(b)))
    assert.is_string(warned(mp.delete(a):using(b):where(b.id:eq(1))))
    assert.equal(2, #warnings)
  end)

  it("is warned of in a subquery", function()
    local x = mp.select({ a.id }):from(a, b):as "x"

    assert.is_string(warned(mp.select({ x.id }):from(x)))
  end)

  it("is not when a condition ties them", function()
    assert.is_nil(warned(mp.select({ a.id }):from(a, b):where(b.a_id:eq(a.id))))
  end)

  it("is not when a chain of conditions ties them", function()
    assert.is_nil(warned(mp.select({ a.id }):from(a, b, c)
      :where(b.a_id:eq(a.id), c.b_id:eq(b.id) & c.id:gt(3))))
  end)

  it("is not when a join's condition ties them", function()
    assert.is_nil(warned(mp.select({ a.id }):from(a, b)
      :join(c, c.b_id:eq(b.id) & c.a_id:eq(a.id))))
  end)

  it("is not when a subquery in a condition ties them", function()
    local inner = mp.select({ c.id }):from(c):where(c.a_id:eq(a.id), c.b_id:eq(b.id))

    assert.is_nil(warned(mp.select({ a.id }):from(a, b):where(mp.exists(inner))))
  end)

  it("is not when SQL text may tie them", function()
    assert.is_nil(warned(mp.select({ a.id }):from(a, b):where(mp.sql "x = y")))
  end)

  it("is not when joins in brackets are tied to the rest", function()
    local both = mp.joined(b):join(c, c.b_id:eq(b.id))

    assert.is_nil(warned(mp.select({ a.id }):from(a):left_join(both, c.a_id:eq(a.id))))
    assert.is_nil(warned(mp.select({ a.id }):from(both, a):where(c.a_id:eq(a.id))))
    assert.is_string(warned(mp.select({ a.id }):from(both, a)))
  end)

  it("is not when it says so", function()
    assert.is_nil(warned(mp.select({ a.id }):from(a):cross_join(b)))
  end)

  it("is not beside a function", function()
    assert.is_nil(warned(mp.select({ a.id }):from(a, mp.fn.generate_series(1, 3):as "s")))
  end)

  it("is not beside a lateral subquery", function()
    local x = mp.select({ b.id }):from(b):where(b.a_id:eq(a.id))

    assert.is_nil(warned(mp.select({ a.id }):from(a):lateral(x, "x")))
  end)

  it("is not when values are tied by their key", function()
    assert.is_nil(warned(mp.update(a):from_values({ { id = 1, a_id = 2 } },
      { key = "id", types = { id = "int8", a_id = "int8" } })))
  end)
end)
