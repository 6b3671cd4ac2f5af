-- dotenv_spec.lua - what a `.env` file's lines mean, and which are refused.
local dotenv = require "moonpool.dotenv"

local function parse(text)
  return dotenv.parse(text, ".env")
end

describe("moonpool.dotenv", function()
  it("reads plain, exported and empty values", function()
    assert.same({ A = "1", B = "two words", C = "" }, parse "A=1\nexport B= two words \nC=\n")
  end)

  it("takes a variable named export for what it is", function()
    assert.same({ export = "1" }, parse "export=1")
  end)

  it("keeps single quotes literal and reads escapes in double quotes", function()
    local values = parse [[
A='a # $HOME \n'
B="line\nquote \" end" # comment
]]

    assert.same({ A = "a # $HOME \\n", B = 'line\nquote " end' }, values)
  end)

  it("expands nothing", function()
    assert.same({ A = "$HOME/x", B = "${A}" }, parse 'A=$HOME/x\nB="${A}"')
  end)

  it("ends a plain value at a comment, which a space precedes", function()
    assert.same({ A = "a#b", B = "c", C = "" }, parse "A=a#b\nB=c # d\nC=# e\n")
  end)

  it("passes over comments, blank lines, carriage returns and a byte order mark", function()
    assert.same({ A = "1", B = "2" }, parse "\xEF\xBB\xBFA=1\r\n\r\n  # x\r\nB=2")
  end)

  it("lets the last line with a name win", function()
    assert.same({ A = "2" }, parse "A=1\nA=2")
  end)

  local refused = {
    ["a line without ="] = "A=1\nhello",
    ["a quote that is not closed"] = 'A=1\nB="x',
    ["text after a closing quote"] = "A=1\nB='x'y",
    ["a NUL byte"] = "A=1\nB=\0",
    ["a name with a dash"] = "A=1\nB-C=1",
  }
  for what, text in pairs(refused) do
    it("refuses " .. what .. ", naming the line", function()
      local ok, err = pcall(parse, text)

      assert.is_false(ok)
      assert.equal("bad_config", err.kind)
      assert.matches("^%.env:2: ", err.message)
    end)
  end
end)
