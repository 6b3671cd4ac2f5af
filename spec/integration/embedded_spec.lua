-- embedded_spec.lua - values with fields of their own in jsonb, through sessions.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local mp = require "moonpool"
local tables = require "spec.support.tables"

local SCHEMA = "embedded_spec"

local Address = mp.embedded { c.text "street", c.text("zip", { null = true }),
  c.timestamptz("since", { null = true }), c.numeric("fee", { null = true }),
  c.array("lines", "text", { default = {} }) }
function Address.methods:line() return self.street .. " " .. (self.zip or "-") end
local User = mp.model { "users", c.int8("id", { primary_key = true, identity = true }),
  c.embed("address", Address, { null = true }),
  c.embed("others", Address, { many = true, default = {} }) }

describe("an embedded value", function()
  local db, s
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, User)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:exec "truncate users restart identity"
    s = db:session()
  end)
  after_each(function() s:close() end)

  local function stored()
    return db:value "select address from users"
  end

  it("is stored as a document, and read as a value", function()
    local since = mp.timestamp "2026-11-24T10:00:00.5Z"
    s:add(User { address = Address { street = "Main", since = since, fee = mp.decimal "1.50" },
      others = { Address { street = "Side" } } })
    s:commit()

    assert.same({ street = "Main", since = "2026-11-24T10:00:00.5Z", fee = 1.5, lines = {} },
      stored())
    local own <close> = db:session()
    local user = own:select(User):one()
    assert.equal("Main -", user.address:line())
    assert.equal(since, user.address.since)
    assert.equal(mp.decimal "1.5", user.address.fee)
    assert.equal("Side -", user.others[1]:line())
    assert.same({}, mp.changes(user))
  end)

  it("is stored again when something in it was changed", function()
    s:add(User { address = Address { street = "Main" } })
    s:commit()
    local user = db:session():select(User):one()
    local session = getmetatable(user).session

    user.address.zip = "1010"
    table.insert(user.address.lines, "c/o")
    table.insert(user.others, Address { street = "Side" })

    local _, changed = mp.state(user)
    assert.same({ "address", "others" }, changed)
    session:commit()
    assert.equal("1010", stored().zip)
    assert.same({ "c/o" }, stored().lines)
    assert.equal(1, db:value "select jsonb_array_length(others) from users")
    session:close()
  end)

  it("is as it was after a rollback", function()
    local user = s:add(User { address = Address { street = "Main" } })
    s:commit()
    user.address.street = "Other"

    s:rollback()

    assert.equal("Main", user.address.street)
    assert.equal("Main -", user.address:line())
  end)

  it("is refused by the field's name, before anything is sent", function()
    s:add(User { address = { street = 5 } })

    local _, err = errors.try(s.commit, s)

    assert.equal("invalid", err.kind)
    assert.matches("^address.street: ", err.message)
  end)

  it("works in a repository", function()
    local users = mp.repository(User):using(db)

    local user = users:create { address = { street = "Main" } }

    assert.equal("Main -", user.address:line())
    assert.equal("Main -", users:get(user.id).address:line())
  end)
end)
