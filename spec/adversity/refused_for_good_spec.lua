-- refused_for_good_spec.lua - refusals to connect that no repetition cures say so.
local mp = require "moonpool"

local function failure(url)
  local db <close> = mp.engine(url)
  local _, err = pcall(db.value, db, "select 1")
  return err
end

describe("a connection that fails", function()
  it("is not worth repeating for a wrong password or database", function()
    local password = os.getenv("MOONPOOL_SPEC_TCP_URL"):gsub(":password@", ":wrong@")
    local database = os.getenv("MOONPOOL_SPEC_URL"):gsub("/spec%?", "/no_such_database?")

    assert.same({ "auth_failed", false },
      { failure(password).kind, failure(password).retryable })
    assert.same({ "3D000", false }, { failure(database).sqlstate, failure(database).retryable })
  end)

  it("is worth repeating where nobody listens yet", function()
    local err = failure "postgresql://127.0.0.1:1/app"

    assert.same({ "connect_failed", true }, { err.kind, err.retryable })
  end)
end)
