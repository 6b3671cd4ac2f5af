-- Units of SQL text, and what stands between them.
local func_arguments = require "moonpool.schema.func_arguments"
local sql_scan = require "moonpool.schema.sql_scan"

describe("a scan of SQL", function()
  local splits = {
    { "", {} }, { "a, b", { "a", "b" } }, { "f(a, b), c", { "f(a, b)", "c" } },
    { "'a,b', c", { "'a,b'", "c" } }, { "'it''s, so', c", { "'it''s, so'", "c" } },
    { [[E'\', x', c]], { [[E'\', x']], "c" } }, { [[name'\', c]], { [[name'\']], "c" } },
    { '"a,b" int4', { '"a,b" int4' } }, { "(')', 1), 2", { "(')', 1)", "2" } },
    { "array[1, 2], 3", { "array[1, 2]", "3" } }, { "((a, b), c), d", { "((a, b), c)", "d" } },
  }
  for at, case in ipairs(splits) do
    it("splits at commas between units " .. at, function()
      assert.same(case[2], sql_scan.split(case[1]))
    end)
  end

  it("finds words outside units", function()
    assert.equal(21, (sql_scan.find("a = ' with ' and (b) with c", " with ")))
    assert.is_nil(sql_scan.find("(a with b)", " with "))
  end)

  it("survives what never ends", function()
    assert.same({ "f(a, 'b" }, sql_scan.split "f(a, 'b")
    assert.same({ '"a' }, sql_scan.split '"a')
  end)

  local identities = {
    { "a int4", "a int4" }, { "a int4 default 1, b text", "a int4, b text" },
    { "a text = 'x, default y', b int4", "a text, b int4" },
    { "a text DEFAULT 'b = c'::text", "a text" }, { "a numeric(4,2) default 1.0",
    "a numeric(4,2)" },
    { "out a int4, variadic b text[]", "out a int4, variadic b text[]" },
  }
  for _, case in ipairs(identities) do
    it("leaves defaults out of " .. case[1], function()
      assert.equal(case[2], func_arguments.identity(case[1]))
    end)
  end
end)
