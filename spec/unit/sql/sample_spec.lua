-- moonpool.sql.sample: parts of tables, by methods that a server may lack.
local mp = require "moonpool"

describe("a sample", function()
  it("is taken by a method that an extension brings, of as many rows as that is told", function()
    local own = mp.tablesample("users", 1000, { method = "system_rows" })

    assert.equal("select * from users tablesample system_rows ($1)",
      (mp.select({}):from(own):sql()))
  end)
end)
