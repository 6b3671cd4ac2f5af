-- session_events_spec.lua - what an engine tells of transactions that sessions commit at once.
local c = require "moonpool.column"
local eventually = require "spec.support.eventually"
local held_commit = require "spec.support.held_commit"
local mp = require "moonpool"
local tables = require "spec.support.tables"

local SCHEMA = "session_events_spec"

local function key() return c.int8("id", { primary_key = true, identity = true }) end

local Team = mp.model { "teams", key(), c.text("name", { unique = true }),
  mp.has_many("players", { table = "players" }) }
local Player = mp.model { "players", key(), c.text "name",
  mp.belongs_to("team", { table = "teams", null = true }) }
local Held = mp.model { "held", c.int4("n", { primary_key = true }) }

describe("an engine tells of transactions", function()
  local db, events, handler
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, Team, Player)
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:exec "truncate teams, players"
    events = {}
    handler = db:on("transaction", function(event) events[#events + 1] = event end)
  end)
  after_each(function() handler:close() end)

  -- What was told until one more transaction has been told of.
  local function told()
    db:with { label = "the end" }:transaction(function(tx) tx:value "select 1" end)
    eventually(function() return #events > 0 and events[#events].label == "the end" end)
    return table.move(events, 1, #events - 1, 1, {})
  end

  local function add(s, name)
    s:add(Team { name = name })
    s:commit()
  end

  it("that a session commits in one round trip", function()
    local s <close> = db:session()

    add(s, "red")

    local list = told()
    assert.equal(1, #list)
    assert.equal("committed", list[1].outcome)
    assert.is_true(list[1].seconds > 0)
    assert.matches("session_events_spec.lua:%d+", list[1].begun_at)
    assert.matches("session_events_spec.lua:%d+", list[1].where)
    assert.is_nil(list[1].label)
  end)

  it("that it commits in several, once", function()
    local s <close> = db:session()
    s:add(Player { name = "Ada", team = Team { name = "red" } })
    s:commit()

    local list = told()
    assert.equal(1, #list)
    assert.equal("committed", list[1].outcome)
  end)

  it("on a connection, and on one with a label", function()
    local conn <close> = db:connect()
    local own <close> = conn:session()
    add(own, "red")
    own:add(Player { name = "Ada", team = Team { name = "blue" } })
    own:commit()
    local labelled <close> = db:with { label = "feed" }:session()
    add(labelled, "green")

    local list = told()
    assert.equal(3, #list)
    assert.same({ "committed", "committed", "feed" },
      { list[1].outcome, list[2].outcome, list[3].label })
  end)

  it("and names the statements of a labelled session", function()
    local names = {}
    local queries <close> = db:on("query", function(event)
      names[#names + 1] = event.label or ""
    end)
    local s <close> = db:with { label = "feed" }:session()
    add(s, "red")
    db:value "select 1"

    assert.same({ "feed", "" }, names)
    assert.truthy(queries)
  end)

  it("that fail, in one round trip and in several", function()
    for _, member in ipairs { false, true } do
      local s <close> = db:session()
      add(s, member and "red" or "blue")
      s:add(Team { name = member and "red" or "blue" })
      if member then s:add(Player { name = "Ada", team = Team { name = "white" } }) end
      assert.equal("unique_violation", select(2, mp.try(s.commit, s)).kind)
    end

    local outcomes = {}
    for at, event in ipairs(told()) do outcomes[at] = event.outcome end
    assert.same({ "committed", "rolled back", "committed", "rolled back" }, outcomes)
  end)

  it("but not of one that was never begun", function()
    local s <close> = db:session()
    s:add(Team { name = "a\0" })
    assert.is_false(pcall(s.commit, s))
    s:rollback()
    s:commit()

    assert.same({}, told())
  end)

  it("whose COMMIT nobody answers", function()
    held_commit.create(db, "held")
    local other <close> = tables.open_more(SCHEMA)
    local lock = held_commit.hold(other)
    local s <close> = db:session()
    s:add(Held { n = -1 })
    local task = mp.spawn(mp.try, s.commit, s)
    local pid = held_commit.wait(other)
    other:value("select pg_terminate_backend($1)", pid)
    local _, err = task:await()
    lock:rollback()

    assert.equal("commit_unknown", err.kind)
    assert.equal("in doubt", told()[1].outcome)
    held_commit.drop(db, "held")
  end)
end)
