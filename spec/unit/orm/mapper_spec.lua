-- moonpool.orm.mapper: what a column's own functions see, and what they never see.
local c = require "moonpool.column"
local fragment = require "moonpool.sql.fragment"
local mapper = require "moonpool.orm.mapper"
local model = require "moonpool.orm.model"
local null = require "moonpool.null"

local Coded = model.new { "coded", c.bool("flag", { null = true }),
  c.text("code", { null = true, load = string.upper, dump = string.lower }) }

describe("moonpool.orm.mapper", function()
  it("dumps into a new table", function()
    local given = { code = "A", flag = false }

    local dumped = mapper.dump(Coded, given)

    assert.same({ code = "a", flag = false }, dumped)
    assert.same({ code = "A", flag = false }, given)
  end)

  it("dumps neither NULL nor SQL", function()
    local now = fragment "now()"

    assert.same({ code = null }, mapper.dump(Coded, { code = null }))
    assert.equal(now, mapper.dump(Coded, { code = now }).code)
  end)

  it("loads rows as instances, NULL as nil", function()
    local rows = mapper.load_all(Coded, { { code = "a" }, { flag = false } })

    assert.same({ "A", nil, false }, { rows[1].code, rows[2].code, rows[2].flag })
    assert.equal(Coded, model.of(rows[1]))
  end)
end)
