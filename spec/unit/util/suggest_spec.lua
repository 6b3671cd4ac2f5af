-- moonpool.util.suggest: the nearest name, or none.
local suggest = require "moonpool.util.suggest"

describe("moonpool.util.suggest", function()
  it("counts edits", function()
    assert.equal(3, suggest.distance("kitten", "sitting"))
    assert.equal(3, suggest.distance("", "abc"))
  end)

  it("finds the nearest of a list", function()
    assert.equal("timeout", suggest.nearest("timout", { "max", "timeout" }))
  end)

  it("finds the nearest key of a table", function()
    assert.equal("email", suggest.nearest("emial", { email = 1, name = 2 }))
  end)

  it("finds none where none is near", function()
    assert.is_nil(suggest.nearest("zzz", { "email", "name" }))
  end)

  it("asks for what is no name nothing", function()
    assert.equal("", suggest.phrase(3, { "a" }))
  end)
end)
