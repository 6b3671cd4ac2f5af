-- moonpool.orm.embedded: values with fields of their own inside a jsonb column.
local c = require "moonpool.column"
local embedded = require "moonpool.orm.embedded"
local errors = require "moonpool.errors"
local model = require "moonpool.orm.model"
local value = require "moonpool.orm.value"

local Geo = embedded.new { c.float8 "lat", c.float8 "lon" }
local Address = embedded.new { c.text "street", c.text("zip", { null = true }),
  c.int4("floor", { default = 0 }), c.embed("geo", Geo, { null = true }) }
function Address.methods:line() return self.street .. ", " .. self.floor end
local User = model.new { "emb_users", c.embed("address", Address),
  c.embed("others", Address, { many = true, default = {} }) }

local address, others = User.table.by_name.address, User.table.by_name.others

local function refusal(kind, fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, kind), tostring(err))
  return err.message
end

describe("moonpool.orm.embedded", function()
  it("makes values with defaults and methods, and shows only data", function()
    local made = Address { street = "Main" }

    assert.equal("Main, 0", made:line())
    assert.same({ street = "Main", floor = 0 }, setmetatable(value.copy(made), nil))
    assert.equal(made, User { address = made }.address)
  end)

  it("stores plain documents, and reads them as values", function()
    local document = address.dump(Address { street = "Main", geo = Geo { lat = 1.5, lon = 2 } })

    assert.is_nil(getmetatable(document))
    assert.same({ street = "Main", floor = 0, geo = { lat = 1.5, lon = 2 } }, document)
    local loaded = address.load(document)
    assert.equal("Main, 0", loaded:line())
    assert.equal(Geo.meta, getmetatable(loaded.geo))
  end)

  it("takes plain tables, and lists", function()
    assert.same({ { street = "a", floor = 0 }, { street = "b", floor = 2 } },
      others.dump { { street = "a" }, { street = "b", floor = 2 } })
    assert.equal("b, 2", others.load { { street = "a" }, { street = "b", floor = 2 } }[2]:line())
  end)

  it("sees and copies what is changed inside", function()
    local made = Address { street = "Main", geo = Geo { lat = 1, lon = 2 } }
    local copy = value.copy(made)
    assert.is_true(value.same(made, copy))

    made.geo.lat = 5

    assert.is_false(value.same(made, copy))
    assert.equal(1, copy.geo.lat)
  end)

  it("refuses by field", function()
    assert.matches('no field "stret" %(did you mean "street"%?%)',
      refusal("bad_argument", Address, { stret = "x" }))
    assert.equal("address.street: NULL is not allowed here", refusal("invalid", address.dump, {}))
    assert.matches("^address.floor: ", refusal("invalid", address.dump,
      { street = "x", floor = "two" }))
    assert.equal("address.geo.lon: NULL is not allowed here", refusal("invalid", address.dump,
      { street = "x", geo = { lat = 1 } }))
    assert.equal('others[2] has no field "zap" (did you mean "zip"?)', refusal("invalid",
      others.dump, { { street = "a" }, { street = "b", zap = 1 } }))
    assert.equal('mp.embedded: field "id" cannot have primary_key', refusal("bad_argument",
      embedded.new, { c.int8("id", { primary_key = true }) }))
    assert.equal("mp.embedded names no field", refusal("bad_argument", embedded.new, {}))
    assert.equal('c.embed("address"): the shape is missing', refusal("bad_argument", c.embed,
      "address", {}))
  end)
end)
