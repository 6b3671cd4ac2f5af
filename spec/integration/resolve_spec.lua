-- resolve_spec.lua - asking what became of a COMMIT where the server may not, or cannot, tell.
local cluster = require "spec.support.cluster"
local mp = require "moonpool"
local proxy = require "spec.support.proxy"
local refusal = require "spec.support.refusal"

describe("resolve", function()
  local control

  setup(function()
    control = mp.engine(nil, { pool = { max = 1 } })
    control:script [[
      drop table if exists resolve_spec;
      create table resolve_spec (n int);
      grant all on resolve_spec to spec_trust;]]
  end)
  teardown(function()
    control:exec "drop table resolve_spec"
    control:close()
  end)

  local function lose_commit(db)
    local tx <close> = db:begin()
    tx:exec "insert into resolve_spec values (1)"
    local _, err = mp.try(tx.commit, tx)
    assert.equal("commit_unknown", err.kind, tostring(err))
    return err
  end

  -- As a role that is not a superuser.
  local function through(between)
    return mp.engine((between.url:gsub("//postgres@", "//spec_trust@")), { pool = { max = 1 } })
  end

  local function without(right, fn)
    control:script("revoke execute on function " .. right .. " from public")
    local ok, err = pcall(fn)
    control:script("grant execute on function " .. right .. " to public")
    if not ok then error(err, 0) end
  end

  it("answers a role without privileges", function()
    local between <close> = proxy.open "back C:COMMIT fin"
    local db <close> = through(between)

    assert.equal("committed", mp.resolve(lose_commit(db)))
  end)

  it("says unknown where the server's node cannot be told", function()
    without("pg_catalog.pg_control_system()", function()
      local between <close> = proxy.open "back C:COMMIT fin"
      local db <close> = through(between)
      local err = lose_commit(db)

      assert.is_string(err.xid)
      assert.equal("unknown", mp.resolve(err))
      assert.equal("unknown", mp.resolve(err, control))
    end)
  end)

  it("says unknown on another cluster", function()
    local other <close> = cluster.open()
    local elsewhere <close> = mp.engine(other.url, { pool = { max = 1 } })
    local between <close> = proxy.open "back C:COMMIT fin"
    local db <close> = mp.engine(between.url, { pool = { max = 1 } })
    local err = lose_commit(db)

    assert.equal("unknown", mp.resolve(err, elsewhere))
    assert.equal("committed", mp.resolve(err, db))

    local tx <close> = elsewhere:begin()
    local disabled = refusal.check({ kind = "object_not_in_prerequisite_state" }, tx.prepare, tx,
      "disabled")
    assert.matches("max_prepared_transactions", disabled.hint)
    assert.is_false(tx:is_open())
  end)

  it("needs an engine that is open", function()
    local err
    do
      local between <close> = proxy.open "back C:COMMIT fin"
      local db <close> = mp.engine(between.url, { pool = { max = 1 } })
      err = lose_commit(db)
    end

    refusal.check({ kind = "bad_argument", says = "closed" }, mp.resolve, err)
    assert.equal("committed", mp.resolve(err, control))
  end)

  it("leaves a usable connection where the id may not be asked for", function()
    without("pg_catalog.pg_current_xact_id_if_assigned()", function()
      local db <close> = mp.engine((os.getenv "DATABASE_URL":gsub("//postgres@", "//spec_trust@")),
        { pool = { max = 1 } })
      local conn <close> = db:connect()
      local tx = conn:begin()
      tx:exec "insert into resolve_spec values (2)"

      refusal.check({ kind = "insufficient_privilege" }, tx.commit, tx)

      assert.equal(0, conn:value "select count(*) from resolve_spec where n = 2")
      assert.equal(1, conn:transaction(function(again) return again:value "select 1" end,
        { read_only = true }))
    end)
  end)
end)
