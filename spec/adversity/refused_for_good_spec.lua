-- refused_for_good_spec.lua - refusals to connect that no repetition cures say so.
local eventually = require "spec.support.eventually"
local mp = require "moonpool"

local WRONG_PASSWORD = (os.getenv("MOONPOOL_SPEC_TCP_URL"):gsub(":password@", ":wrong@"))

local function failure(url)
  local db <close> = mp.engine(url)
  local _, err = pcall(db.value, db, "select 1")
  return err
end

describe("a connection that fails", function()
  it("is not worth repeating for a wrong password or database", function()
    local database = os.getenv("MOONPOOL_SPEC_URL"):gsub("/spec%?", "/no_such_database?")

    assert.same({ "auth_failed", false },
      { failure(WRONG_PASSWORD).kind, failure(WRONG_PASSWORD).retryable })
    assert.same({ "3D000", false }, { failure(database).sqlstate, failure(database).retryable })
  end)

  it("is worth repeating where nobody listens yet", function()
    local err = failure "postgresql://127.0.0.1:1/app"

    assert.same({ "connect_failed", true }, { err.kind, err.retryable })
  end)

  it("is repeated at once, with few attempts, to all who ask again", function()
    local db <close> = mp.engine(WRONG_PASSWORD)

    for _ = 1, 1000 do
      local _, err = pcall(db.value, db, "select 1")
      assert.equal("28P01", err.sqlstate)
    end

    local attempts = db:pool():stats().connect_failures
    assert.is_true(attempts <= 20, attempts)
  end)

  it("is over by itself once its cause is", function()
    local control <close> = mp.engine()
    control:exec "drop database if exists late_database"
    local url = os.getenv("MOONPOOL_SPEC_URL"):gsub("/spec%?", "/late_database?")
    local db <close> = mp.engine(url)
    assert.is_false(pcall(db.value, db, "select 1"))

    control:exec "create database late_database"

    assert.is_true(eventually(function() return pcall(db.value, db, "select 1") end))
    db:close()
    control:exec "drop database late_database"
  end)

  it("is forgotten when the engine gets another password", function()
    local db <close> = mp.engine(WRONG_PASSWORD)
    assert.is_false(pcall(db.value, db, "select 1"))

    db:reconfigure { password = "password" }

    assert.equal(1, db:value "select 1")
  end)
end)
