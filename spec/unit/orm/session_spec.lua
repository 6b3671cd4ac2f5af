-- moonpool.orm.session: what is sent together, and what objects are before and after.
local c = require "moonpool.column"
local changes = require "moonpool.orm.changes"
local declare = require "moonpool.orm.relation.declare"
local errors = require "moonpool.errors"
local model = require "moonpool.orm.model"
local null = require "moonpool.null"
local orm_session = require "moonpool.orm.session"
local session_target = require "spec.support.session_target"

local function key() return c.int8("id", { primary_key = true, identity = true }) end

local Team = model.new { "s_teams", key(), c.text "name" }
local User = model.new { "s_users", key(), c.text "name", c.jsonb("extra", { null = true }),
  declare.belongs_to("team", { table = "s_teams", null = true }) }

describe("moonpool.orm.session", function()
  local target, s
  before_each(function()
    target = session_target.new()
    s = orm_session.open(target, nil, {})
  end)

  local function count(params)
    local rows = {}
    for at = 1, type(params[1]) == "table" and #params[1] or 1 do rows[at] = { id = at + 10 } end
    return rows
  end

  local function refused(kind, pattern, fn, ...)
    local _, err = errors.try(fn, ...)
    assert.is_true(errors.is_error(err, kind), tostring(err))
    assert.matches(pattern, err.message)
  end

  it("begins, writes and commits in one round trip", function()
    target:on("insert", count)
    local a, b = Team { name = "a" }, Team { name = "b" }
    s:add_all { a, b }

    s:commit()

    assert.same({ begin = true, finish = "commit" }, target.groups[1].scope)
    assert.equal(1, #target.groups)
    assert.same({ 11, 12 }, { a.id, b.id })
    assert.equal("persistent", (changes.state(a)))
  end)

  it("sends nothing where nothing has changed", function()
    s:commit()
    assert.same({}, target.groups)
  end)

  it("gives the object it has for a row that comes again", function()
    target:on("select", { { id = 1, name = "a" } })

    local team = s:get(Team, 1)

    assert.equal(team, s:get(Team, 1))
    assert.equal(1, #target.groups)
    assert.equal(team, s:find(Team, { name = "a" }))
    assert.equal(2, #target.groups)
  end)

  it("knows what has changed, inside of JSON, too, and what has not", function()
    target:on("select", { { id = 1, name = "a", extra = { list = { 1, 2 } } } })
    local user = s:get(User, 1)
    assert.same({}, changes.of(user))

    user.extra.list[2] = 3
    user.name = null

    assert.same({ name = { from = "a" },
      extra = { from = { list = { 1, 2 } }, to = { list = { 1, 3 } } } }, changes.of(user))
    user.extra.list[2], user.name = 2, "a"
    assert.same({ "persistent", {} }, { changes.state(user) })
  end)

  it("leaves objects as they were when a statement fails", function()
    local raised = { raise = errors.new { kind = "unique_violation", message = "twice" } }
    target:on("insert", raised)
    local team = s:add(Team { name = "a" })

    refused("unique_violation", "twice", s.commit, s)

    assert.equal("pending", (changes.state(team)))
    assert.is_nil(team.id)
    target.rules = {}
    target:on("insert", count)
    s:commit()
    assert.equal(11, team.id)
  end)

  it("puts fields back when it is rolled back, and lets go of new objects", function()
    target:on("select", { { id = 1, name = "a" } })
    local team, fresh = s:get(Team, 1), s:add(Team { name = "new" })
    team.name = "b"

    s:rollback()

    assert.equal("a", team.name)
    assert.equal("transient", (changes.state(fresh)))
  end)

  it("refuses values before it sends them, by model and field", function()
    s:add(User { name = 3 })
    refused("invalid", "^s_users.name: ", s.commit, s)
    assert.same({}, target.groups)
  end)

  it("refuses a second object for a row, and one key for two", function()
    s:add_all { Team { id = 1, name = "a" }, Team { id = 1, name = "b" } }
    refused("bad_argument", "same key", s.commit, s)
  end)

  it("refuses events that it does not have", function()
    refused("bad_argument", 'did you mean "before_flush"', s.on, s, "before_flsh", print)
    refused("bad_argument", "is a function", s.on, s, "before_flush", "x")
  end)

  it("is closed once and for all", function()
    local team = s:add(Team { name = "a" })
    s:close()

    assert.equal("detached", (changes.state(team)))
    refused("bad_argument", "closed", s.add, s, Team { name = "b" })
    assert.equal("session(closed, 1 objects)", tostring(s))
  end)
end)
