-- session_hooks_spec.lua - what a session tells, and whom: hooks of rows, its own, observers.
local c = require "moonpool.column"
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local tables = require "spec.support.tables"
local world = require "spec.support.verbs_world"

local User = world.User

local SCHEMA = "session_hooks_spec"

describe("a session", function()
  local db, s
  setup(function() db = world.open(SCHEMA) end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    world.fill(db)
    s = db:session()
  end)
  after_each(function() s:close() end)

  local refused = refusal.of_kind

  describe("tells", function()
    it("what happens to rows, in order, and obeys a veto", function()
      local Noted = mp.model { "users", c.int8("id", { primary_key = true, identity = true }),
        c.citext "email", c.text("name", { null = true }) }
      local seen = {}
      for _, event in ipairs { "before_insert", "after_insert", "before_update", "after_update",
        "before_delete", "after_delete", "after_load" } do
        Noted:on(event, function(object, session)
          mp.sleep(0)
          assert.equal(s, session)
          seen[#seen + 1] = event .. " " .. object.email
        end)
      end
      Noted:on("before_insert", function(object) object.name = "by hook" end)
      Noted:on("before_update", function(object)
        if object.name == "veto" then error("no", 0) end
      end)
      local user = s:add(Noted { email = "h" })
      s:commit()
      assert.equal("by hook", db:value "select name from users where email = 'h'")
      user.name = "veto"
      assert.is_false(pcall(s.commit, s))
      user.name = "fine"
      s:commit()
      s:get(Noted, 1)
      s:delete(user)
      s:commit()
      assert.same({ "before_insert h", "after_insert h", "before_update h", "before_update h",
        "after_update h", "after_load u1", "before_delete h", "after_delete h" }, seen)
    end)

    it("and may be asked about rows, but not to flush in between", function()
      local seen
      s:on("before_flush", function()
        seen = s:select(User):count()
        refused("bad_argument", "the session is flushing", s.flush, s)
      end)
      s:add(User { email = "counted" })
      s:commit()
      assert.equal(5, seen)
      assert.equal(6, s:select(User):count())
    end)

    it("and that it has committed, when what is called afterwards fails", function()
      s:on("after_commit", function() error("mail", 0) end)
      s:get(User, 1).name = "kept"
      local err = refused("hook_failed", "was committed", s.commit, s)
      assert.same({ true, "mail" }, { err.committed, err.cause })
      assert.equal("kept", db:value "select name from users where id = 1")
    end)

    it("what happens to itself", function()
      local seen = {}
      for _, event in ipairs { "before_flush", "after_flush", "before_commit", "after_commit",
        "after_rollback" } do
        s:on(event, function(session)
          seen[#seen + 1] = event
          assert.equal(s, session)
        end)
      end
      s:get(User, 1).name = "x"
      s:commit()
      s:rollback()
      assert.same({ "before_commit", "before_flush", "after_flush", "before_flush",
        "after_commit", "after_rollback" }, seen)
      refused("bad_argument", 'did you mean "after_commit"', s.on, s, "after_comit", print)
    end)
  end)

  it("shows what it sends to whoever observes the engine", function()
    local seen = {}
    local _ <close> = db:on("query", function(event) seen[#seen + 1] = event.sql end)
    s:add(User { email = "watched" })
    s:commit()
    mp.sleep(0.01)
    assert.matches("insert into users", table.concat(seen, "\n"))
  end)
end)
