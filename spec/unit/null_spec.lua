-- moonpool.null: one value, whether the core is loaded or not.
describe("moonpool.null", function()
  it("is one value", function()
    assert.equal(require "moonpool.null", require "moonpool.null")
  end)

  it("reads as null", function()
    assert.equal("null", tostring(require "moonpool.null"))
  end)

  it("is the core's own value where the core is loaded", function()
    local path = package.searchpath("moonpool.null", package.path)
    local chunk = assert(loadfile(path, "t", _G))
    local marker = {}
    package.loaded["moonpool.core"] = { null = marker }

    local null = chunk()
    package.loaded["moonpool.core"] = nil

    assert.equal(marker, null)
  end)
end)
