-- text_table_spec.lua - tables of text.
local text_table = require "import.text_table"

describe("import.text_table", function()
  it("aligns texts to the left and numbers to the right", function()
    local lines = text_table.lines({ "name", "rows" }, { { "a", 1 }, { "libc6", 1234 } })

    assert.same({
      "  name    rows",
      "  a          1",
      "  libc6  1,234",
    }, lines)
  end)

  it("groups the digits of integers", function()
    for number, text in pairs {
      [0] = "0", [999] = "999", [1000] = "1,000", [416398] = "416,398", [-1000] = "-1,000",
      [-100] = "-100", [1234567] = "1,234,567",
    } do
      assert.equal("  " .. text, (text_table.lines({ "" }, { { number } })[2]))
    end
  end)

  it("counts characters and not bytes", function()
    local lines = text_table.lines({ "a", "b" }, { { "\195\164\195\182", "x" }, { "ab", "y" } })

    assert.same({ "  a   b", "  \195\164\195\182  x", "  ab  y" }, lines)
  end)

  it("shows headings alone when there are no rows", function()
    assert.same({ "  a  b" }, text_table.lines({ "a", "b" }, {}))
  end)
end)
