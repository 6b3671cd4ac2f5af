-- relation_spec.lua - the parser of relation fields, well-formed or not.
local relation = require "import.relation"

local function one(text)
  local groups, broken = relation.parse(text)
  assert.equal(1, #groups)
  assert.equal(1, #groups[1])
  return groups[1][1], broken
end

describe("import.relation", function()
  it("parses a name", function()
    assert.same({ name = "libc6" }, one "libc6")
  end)

  it("parses the characters that names may have", function()
    assert.same({ name = "libstdc++6-4.7-dbg" }, one "libstdc++6-4.7-dbg")
    assert.same({ name = "0ad" }, one "0ad")
  end)

  it("parses a bound with each operator", function()
    for _, operator in ipairs { "<<", "<=", "=", ">=", ">>" } do
      assert.same({ name = "a", operator = operator, version = "1:2.0~rc1-3+b1" },
        one("a (" .. operator .. " 1:2.0~rc1-3+b1)"))
    end
  end)

  it("reads the old operators as dpkg does", function()
    assert.same({ name = "a", operator = "<=", version = "1" }, one "a (< 1)")
    assert.same({ name = "a", operator = ">=", version = "1" }, one "a (> 1)")
  end)

  it("needs no blanks", function()
    assert.same({ name = "a", operator = ">=", version = "1.2" }, one "a(>=1.2)")
  end)

  it("takes blanks and line ends anywhere", function()
    assert.same({ { { name = "a", operator = ">=", version = "1" } }, { { name = "b" } } },
      (relation.parse "\n a  ( >=  1 ) ,\n b\t"))
  end)

  it("parses an architecture qualifier", function()
    assert.same({ name = "python3", architecture = "any" }, one "python3:any")
    assert.same({ name = "gcc", architecture = "amd64", operator = ">=", version = "12" },
      one "gcc:amd64 (>= 12)")
  end)

  it("keeps restrictions as they are written", function()
    assert.same({ name = "a", restrictions = "[amd64 !i386] <!nocheck> <cross>" },
      one "a [amd64 !i386] <!nocheck> <cross>")
    assert.same({ name = "a", operator = "=", version = "1", restrictions = "[linux-any]" },
      one "a (= 1) [linux-any]")
  end)

  it("parses groups in order", function()
    assert.same({ { { name = "a" } }, { { name = "b" } }, { { name = "c" } } },
      (relation.parse "a, b,c"))
  end)

  it("parses alternatives in order, each with its bound", function()
    assert.same(
      { { { name = "a", operator = ">=", version = "1" }, { name = "b" }, { name = "c" } } },
      (relation.parse "a (>= 1) | b|c"))
  end)

  it("gives no groups for an empty value", function()
    assert.same({}, (relation.parse ""))
    assert.same({}, (relation.parse " \n "))
  end)

  it("leaves out the groups of commas too many", function()
    assert.same({ { { name = "a" } }, { { name = "b" } } }, (relation.parse ", a,, b,\n"))
  end)

  it("reports nothing when all is well", function()
    local _, broken = relation.parse "a, b | c (>= 1)"

    assert.is_nil(broken)
  end)

  for _, text in ipairs {
    "a (>= 1", "a >= 1", "a (1)", "a (== 1)", "a (<>  1)", "a ()", "a (>= )", "a b", "(>= 1)", "-a",
    "a (>= 1) b", "a [amd64", "a <cross", "${shlibs:Depends}", "a (>= 1 2)", "\195\164",
  } do
    it(("keeps and reports %q"):format(text), function()
      local alternative, broken = one(text)

      assert.same({ name = text, broken = true }, alternative)
      assert.same({ text }, broken)
    end)
  end

  it("keeps the good neighbours of a broken alternative", function()
    local groups, broken = relation.parse "a, b ( | c, d"

    assert.same({
      { { name = "a" } },
      { { name = "b (", broken = true }, { name = "c" } },
      { { name = "d" } },
    }, groups)
    assert.same({ "b (" }, broken)
  end)

  it("reports an empty alternative", function()
    local groups, broken = relation.parse "a |"

    assert.same({ { { name = "a" }, { name = "", broken = true } } }, groups)
    assert.same({ "" }, broken)
  end)

  it("survives a value of ten thousand groups", function()
    local groups = relation.parse(("a (>= 1) | b, "):rep(10000))

    assert.equal(10000, #groups)
  end)

  it("never fails and never loses a word on random text", function()
    local seed = tonumber(os.getenv "MP_SEED") or os.time()
    math.randomseed(seed)
    local pieces = {
      "a", "lib", "(", ")", ">=", "<", "1.0", "|", ",", " ", ":", "any", "[", "]", "\n",
    }
    for _ = 1, 2000 do
      local parts = {}
      for i = 1, math.random(0, 12) do parts[i] = pieces[math.random(#pieces)] end
      local text = table.concat(parts)
      local groups = relation.parse(text)

      local seen = {}
      for _, group in ipairs(groups) do
        for _, a in ipairs(group) do
          seen[#seen + 1] = a.name .. (a.architecture or "") .. (a.version or "")
            .. (a.restrictions or "")
        end
      end
      local words, kept = text:gsub("[^%w]", ""), table.concat(seen):gsub("[^%w]", "")
      assert.equal(words, kept, "MP_SEED=" .. seed .. " " .. text)
    end
  end)
end)
