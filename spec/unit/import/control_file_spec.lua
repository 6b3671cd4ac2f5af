-- control_file_spec.lua - the stanza reader, from any chunks, well-formed or not.
local control_file = require "import.control_file"

local function chunks(text, size)
  local position = 1
  return function()
    if position > #text then return nil end
    local chunk = text:sub(position, position + size - 1)
    position = position + size
    return chunk
  end
end

local function read_all(text, size)
  local stanzas, broken = {}, {}
  for stanza in control_file.texts(chunks(text, size or 4096)) do
    local fields, lines = control_file.fields(stanza)
    stanzas[#stanzas + 1] = fields
    for _, line in ipairs(lines or {}) do broken[#broken + 1] = line end
  end
  return stanzas, broken
end

describe("import.control_file", function()
  it("reads the fields of a stanza under lower-case names", function()
    assert.same({ { package = "hello", version = "1.0", ["installed-size"] = "12" } },
      read_all "Package: hello\nVERSION: 1.0\nInstalled-Size:12\n")
  end)

  it("splits stanzas at empty lines", function()
    assert.same({ { package = "a" }, { package = "b" } }, read_all "Package: a\n\nPackage: b\n\n")
  end)

  it("takes any number of empty lines before, between and after stanzas", function()
    assert.same({ { package = "a" }, { package = "b" } },
      read_all "\n\n\nPackage: a\n\n\n\n\nPackage: b\n\n\n")
  end)

  it("gives nothing for an empty stream and for one of empty lines", function()
    assert.same({}, read_all "")
    assert.same({}, read_all "\n\n\n")
  end)

  it("reads a last stanza without a line end", function()
    assert.same({ { package = "a", version = "1" } }, read_all "Package: a\nVersion: 1")
  end)

  it("keeps the line ends of continuation lines", function()
    assert.same({ { description = "short\n long\n .\n\tmore", package = "a" } },
      read_all "Description: short\n long\n .\n\tmore\nPackage: a\n")
  end)

  it("keeps colons in a value", function()
    assert.same({ { homepage = "https://a.org/" } }, read_all "Homepage: https://a.org/\n")
  end)

  it("reads an empty value as an empty string", function()
    assert.same({ { package = "", version = "1" } }, read_all "Package:\nVersion: 1\n")
  end)

  it("drops blanks around a value", function()
    assert.same({ { package = "a" } }, read_all "Package: \t a \t\n")
  end)

  it("reads CRLF line ends as line ends", function()
    assert.same({ { package = "a", version = "1" }, { package = "b" } },
      read_all "Package: a\r\nVersion: 1\r\n\r\nPackage: b\r\n\r\n")
  end)

  it("skips comment lines", function()
    assert.same({ { package = "a" } }, (read_all "# made by hand\nPackage: a\n"))
  end)

  it("reports lines that are no field and keeps the rest", function()
    local stanzas, broken = read_all "Package: a\nthis is nothing\nVersion: 1\n"

    assert.same({ { package = "a", version = "1" } }, stanzas)
    assert.same({ "this is nothing" }, broken)
  end)

  it("takes the last of two fields of one name", function()
    assert.same({ { package = "b" } }, read_all "Package: a\nPackage: b\n")
  end)

  it("reads a field of a megabyte", function()
    local long = ("x"):rep(1024 * 1024)

    assert.same(long, read_all("Package: a\nTag: " .. long .. "\n", 65536)[1].tag)
  end)

  it("refuses a stanza that never ends", function()
    local function endless() return ("Tag: " .. ("x"):rep(65530) .. "\n") end

    assert.has_error(control_file.texts(endless),
      [[the package index has a stanza longer than 8388608 bytes: it begins with "Tag: ]]
      .. ("x"):rep(56) .. [["; is it an index?]])
  end)

  it("gives the same stanzas whatever the size of the chunks", function()
    local text = "\nPackage: a\r\nTag: one\r\n two\r\n\r\n\r\nPackage: b\n\n\n\nPackage: c\n x\n"
    local whole = read_all(text)

    for size = 1, #text do assert.same(whole, (read_all(text, size))) end
    assert.equal(3, #whole)
  end)

  it("agrees with a line-by-line reader on random input", function()
    local seed = tonumber(os.getenv "MP_SEED") or os.time()
    math.randomseed(seed)
    local pieces = { "A: 1\n", "B:2\n", " more\n", "\n", "\n\n", "Package: p\r\n", "\r\n" }
    for _ = 1, 300 do
      local parts = {}
      for i = 1, math.random(0, 30) do parts[i] = pieces[math.random(#pieces)] end
      local text = table.concat(parts)

      local expected, current = {}, {}
      for line in (text:gsub("\r\n", "\n") .. "\n\n"):gmatch "([^\n]*)\n" do
        if line ~= "" then
          current[#current + 1] = line
        elseif current[1] then
          expected[#expected + 1], current = table.concat(current, "\n"), {}
        end
      end
      local got = {}
      for stanza in control_file.texts(chunks(text, math.random(1, 9))) do
        got[#got + 1] = stanza:match "^(.-)%s*$"
      end

      assert.same(expected, got, "MP_SEED=" .. seed)
    end
  end)
end)
