-- audit_spec.lua - mp.audit(): every change of a row is kept, with who made it.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local metadata = require "moonpool.schema.metadata"
local mp = require "moonpool"
local tables = require "spec.support.tables"

local SCHEMA = "audit_spec"

local User = mp.model { "users", c.int8("id", { primary_key = true, identity = true }),
  c.text "name", c.json("extra", { null = true }), mp.audit() }
local Seat = mp.model { "seats", schema = SCHEMA, c.text "row", c.int4 "number",
  c.text("guest", { null = true }), mp.primary_key { "row", "number" }, mp.audit() }
local Plain = mp.model { "plain", c.int8("id", { primary_key = true }) }

describe("an audited table", function()
  local db, users
  setup(function()
    db = tables.open(SCHEMA)
    db:script(table.concat(metadata.new({ User, Seat, Plain }):create_statements(), ";\n"))
    users = mp.repository(User):using(db)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function() db:exec "truncate users, users_audit, seats, seats_audit" end)

  local function summary(changes)
    local list = {}
    for at, change in ipairs(changes) do
      list[at] = { change.actor or "-", change.action, change.old and change.old.name or "-",
        change.new and change.new.name or "-" }
    end
    return list
  end

  it("keeps what a session does, and who acts", function()
    local s <close> = db:session { actor = "ada" }
    local user = s:add(User { name = "Bob", extra = { a = 1 } })
    s:commit()
    user.name = "Bobby"
    s:commit()
    s:delete(user)
    s:commit()

    local changes = users:history(user.id)
    assert.same({ { "ada", "insert", "-", "Bob" }, { "ada", "update", "Bob", "Bobby" },
      { "ada", "delete", "Bobby", "-" } }, summary(changes))
    assert.same({ id = user.id }, changes[1].key)
    assert.equal("table", type(changes[2].old.extra))
    assert.is_true(changes[1].at < changes[3].at)
  end)

  it("tells the actor in the same round trip, and nobody else's transaction of it", function()
    local s <close> = db:session { actor = "ada" }
    s:add(User { name = "Bob" })
    assert.matches("^select set_config%('moonpool.actor', %$1, true%)", tostring(s:plan()))
    s:commit()
    local other <close> = db:session { actor = "eve" }
    other:add(Plain { id = 1 })
    assert.not_matches("set_config", tostring(other:plan()))
    other:commit()
    local user = users:create { name = "Cy" }

    assert.same({ { "-", "insert", "-", "Cy" } }, summary(users:history(user.id)))
  end)

  it("keeps what repositories and SQL do", function()
    local user = users:create { name = "Bob" }
    users:update(user.id, { name = "Bobby" })
    db:transaction(function(tx)
      tx:value("select set_config('moonpool.actor', $1, true)", "job")
      tx:exec "update users set name = 'B'"
      tx:exec "update users set name = name"
    end)

    assert.same({ { "-", "insert", "-", "Bob" }, { "-", "update", "Bob", "Bobby" },
      { "job", "update", "Bobby", "B" } }, summary(users:history(user.id)))
  end)

  it("tells rows apart by several columns, in another schema", function()
    local seats = mp.repository(Seat):using(db)
    seats:create { row = "a", number = 1 }
    seats:create { row = "a", number = 2 }
    seats:update({ row = "a", number = 2 }, { guest = "Ada" })

    assert.equal(1, #seats:history { row = "a", number = 1 })
    assert.equal(2, #seats:history { row = "a", number = 2 })
  end)

  it("refuses what has no history", function()
    local _, err = errors.try(function() mp.repository(Plain):using(db):history(1) end)
    assert.equal('changes of "plain" are not kept', err.message)
    _, err = errors.try(mp.model, { "keyless", c.text "a", mp.audit() })
    assert.equal('mp.audit: "keyless" has no primary key to tell its rows by', err.message)
  end)
end)
