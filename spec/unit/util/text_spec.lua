-- moonpool.util.text: texts fit for a terminal and for a line.
local text = require "moonpool.util.text"

describe("moonpool.util.text", function()
  it("shows control bytes instead of sending them", function()
    assert.equal("a\\x1b[31m\n\tb\\x7f", text.printable "a\27[31m\n\tb\127")
    assert.equal("\\x9b", text.printable "\xc2\x9b")
  end)

  it("leaves other characters alone", function()
    assert.equal("é✓", text.printable "é✓")
  end)

  it("shows a value in a few characters", function()
    assert.equal('"a\\nb"', text.show "a\nb")
    assert.equal("a table", text.show {})
    assert.equal("3", text.show(3))
    assert.equal('"' .. ("x"):rep(40) .. '..."', text.show(("x"):rep(99)))
  end)

  it("never cuts a character in two", function()
    for limit = 0, 9 do
      local cut = text.cut("aé✓😀", limit)

      assert.is_truthy(utf8.len(cut), limit)
      assert.is_true(#cut <= limit)
    end
    assert.equal("aé✓😀", text.cut("aé✓😀", 10))
  end)
end)
