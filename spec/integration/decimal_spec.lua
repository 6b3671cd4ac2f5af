-- decimal_spec.lua - mp.decimal computes and compares as the server's numeric.
local mp = require "moonpool"
local show = require "spec.support.show"

local decimal = mp.decimal

describe("mp.decimal", function()
  it("is exact and has the server's scales", function()
    assert.equal("0.3", tostring(decimal "0.1" + decimal "0.2"))
    assert.equal("0.33333333333333333333", tostring(decimal(1) / 3))
    assert.equal("-4", tostring(decimal "10" // -3))
    assert.equal("-1.50", tostring(-decimal "1.50"))
    assert.equal("1.01", tostring(decimal("1.005"):round(2)))
  end)

  it("compares by value", function()
    assert.is_true(decimal "1.5" == decimal "1.50")
    assert.is_true(decimal "1" < 2)
    assert.is_true(2.5 >= decimal "2.5")
    assert.is_true(decimal "NaN" > decimal "Infinity")
  end)

  it("becomes the Lua number that is nearest", function()
    assert.equal("integer:2", show(decimal("2.00"):tonumber()))
    assert.equal("float:1.5", show(decimal("1.50"):tonumber()))
    assert.equal(2, decimal("1.50"):scale())
  end)

  it("refuses what it cannot be or do", function()
    for _, fn in ipairs {
      function() return decimal "abc" end,
      function() return decimal {} end,
      function() return decimal "1" / 0 end,
      function() return decimal "1" + "x" end,
      function() return decimal "1" < "x" end,
    } do
      local ok, err = pcall(fn)
      assert.is_false(ok)
      assert.is_true(mp.is_error(err, "bad_argument"), tostring(err))
    end
  end)
end)
