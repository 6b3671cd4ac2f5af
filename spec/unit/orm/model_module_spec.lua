-- moonpool.orm.model_module: tables lead to the modules that declare their models.
local model_module = require "moonpool.orm.model_module"

describe("moonpool.orm.model_module", function()
  local cases = {
    { "/p/lua/models", "/p/lua/?.lua;/p/lua/?/init.lua", "models." },
    { "/p/models", "/p/?.lua", "models." },
    { "/p/app/data/models/", "/p/?.lua", "app.data.models." },
    { "/p/lua", "/p/lua/?.lua", "" },
    { "/elsewhere", "/p/?.lua", nil },
  }
  for _, case in ipairs(cases) do
    it(("takes %s for %s"):format(case[1], tostring(case[3])), function()
      assert.equal(case[3], (model_module.prefix_of(case[1], case[2])))
    end)
  end

  it("loads the module that is named like one row", function()
    package.loaded["models.dependency"] = nil
    local path = package.path
    package.path = "./lua/?.lua;" .. path

    local was_found = model_module.load "dependencies"

    package.path = path
    assert.is_true(was_found)
    assert.is_not_nil(package.loaded["models.dependency"])
  end)

  it("finds nothing for a table without a module", function()
    assert.is_false(model_module.load "no_such_table")
  end)
end)
