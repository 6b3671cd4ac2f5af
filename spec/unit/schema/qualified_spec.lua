-- Names as declarations write them.
local qualified = require "moonpool.schema.qualified"

local CASES = {
  { "users", { nil, "users" } }, { "app.users", { "app", "users" } },
  { '"a.b"', { nil, "a.b" } }, { 'app."a.b"', { "app", "a.b" } },
  { '"x.y"."a""b"', { "x.y", 'a"b' } }, { "Odd name", { nil, "Odd name" } },
}

describe("a qualified name", function()
  for _, case in ipairs(CASES) do
    it("is taken apart: " .. case[1], function()
      local schema, name = qualified.split(case[1])
      assert.equal(case[2][1], schema)
      assert.equal(case[2][2], name)
    end)
  end

  it("is joined so that it comes apart again", function()
    for _, schema in ipairs { "app", "a.b", 'q"t', "(", "'" } do
      for _, name in ipairs { "users", "x.y", '"', "f(n", "it's", "[" } do
        assert.same({ schema, name }, { qualified.split(qualified.join(schema, name)) })
        assert.same({ name }, qualified.parts(qualified.part(name)))
      end
    end
  end)

  it("may have three parts", function()
    assert.same({ "app", "t.x", "c" }, qualified.parts 'app."t.x".c')
  end)
end)
