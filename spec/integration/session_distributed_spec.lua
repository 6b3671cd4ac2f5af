-- session_distributed_spec.lua - several sessions that commit in two phases.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local tables = require "spec.support.tables"
local world = require "spec.support.verbs_world"

local User = world.User

local SCHEMA = "session_distributed_spec"

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

  describe("is committed with others in two phases", function()
    local other, t
    before_each(function()
      other = tables.open_more(SCHEMA)
      t = other:session()
    end)
    after_each(function()
      t:close()
      other:close()
    end)

    local function prepared()
      return db:value "select count(*) from pg_prepared_xacts where gid like 'moonpool-%'"
    end

    it("in both or in none", function()
      s:get(User, 1).name = "here"
      t:get(User, 2).name = "there"
      mp.distributed { s, t }:commit()
      assert.same({ "here", "there" },
        db:column "select name from users where id < 3 order by id")
      assert.equal(0, prepared())

      s:get(User, 1).name = "again"
      t:add(User { email = "u5" })
      local both = mp.distributed { s, t }
      refused("unique_violation", "uq_users_email", both.commit, both)
      assert.same({ { "name" }, 0 }, { select(2, mp.state(s:get(User, 1))), prepared() })
      assert.equal("here", db:value "select name from users where id = 1")
    end)

    it("with what one of them has prepared taken back where the other cannot", function()
      db:script [[create or replace function late() returns trigger language plpgsql as
        $$ begin raise exception 'late'; end $$;
        create constraint trigger late after update on users deferrable initially deferred
          for each row when (new.name = 'late') execute function late()]]
      s:get(User, 1).name = "fine"
      t:get(User, 2).name = "late"
      local ok, err = pcall(function() mp.distributed { s, t }:commit() end)
      db:exec "drop trigger late on users"
      assert.is_false(ok)
      assert.matches("late", tostring(err))
      assert.equal(0, prepared())
      assert.equal("n1", db:value "select name from users where id = 1")
      mp.distributed { s, t }:commit()
      assert.equal("fine", db:value "select name from users where id = 1")
    end)

    it("unless they cannot be", function()
      refused("bad_argument", "a list of sessions", mp.distributed, {})
      refused("bad_argument", "stands twice", mp.distributed, { s, s })
      db:transaction(function(tx)
        local inner <close> = tx:session()
        local both = mp.distributed { s, inner }
        refused("bad_argument", "two phases", both.commit, both)
      end)
    end)
  end)
end)
