-- restart_spec.lua - a server that crashes and comes back under load: failures say so, all heals.
local cluster = require "spec.support.cluster"
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local load = require "spec.support.load"
local mp = require "moonpool"
local seed = require "spec.support.seed"
local settle = require "spec.support.settle"

local RESTARTS = full(3, 10)
local NAME = "moonpool-restart-spec"

-- Sanitizers and collectors gone mad cost several times over.
local is_slowed = os.getenv("MOONPOOL_SPEC_SANITIZED") ~= nil
  or os.getenv("MOONPOOL_SPEC_GC") == "hostile"
local FIRST_SUCCESS_SECONDS = is_slowed and 4 or 1

local CONNECTION_KINDS = {
  connection_lost = true, outcome_unknown = true, connect_failed = true, connect_timeout = true,
}

local function wait_for_replies(tally, count)
  local start, before = driver.system.hrtime(), tally.replies
  while tally.replies < before + count do
    assert(driver.system.hrtime() - start < 30, "the load makes no progress")
    mp.sleep(0.002)
  end
  return driver.system.hrtime() - start
end

-- The server is down for a moment; then the time to the first answer is taken.
local function restart(server, tally)
  wait_for_replies(tally, 500)
  server:crash()
  mp.sleep(math.random() * 0.4)
  server:start()
  return wait_for_replies(tally, 1)
end

describe("a server that crashes and restarts under load", function()
  it("costs calls, each told why, and nothing else", function()
    seed.set "restart"
    local server <close> = cluster.open()
    local db <close> = mp.engine(server.url, { pool = { max = 8 }, application_name = NAME })
    local strange, failed, slowest = {}, 0, 0

    local tally = load.run(db, {
      tasks = full(300, 1000),
      seconds = math.huge,
      on_error = function(err)
        failed = failed + 1
        if not CONNECTION_KINDS[err.kind] then strange[#strange + 1] = tostring(err) end
      end,
      beside = function(running)
        for _ = 1, RESTARTS do slowest = math.max(slowest, restart(server, running)) end
        wait_for_replies(running, 500)
        running.until_time = 0
      end,
    })

    print(("restart: %d replies, %d failed calls, first success after %.0f ms"):format(
      tally.replies, failed, slowest * 1000))
    assert.same({}, strange)
    assert.equal(0, tally.wrong)
    assert.equal(tally.asked, tally.replies + failed)
    assert.is_true(slowest <= FIRST_SUCCESS_SECONDS)
    local control <close> = mp.engine(server.url, { pool = { max = 1 } })
    assert.same(settle.QUIET, settle.wait(db, control, NAME))
  end)

  it("ends transactions with an error that tells what is known", function()
    local server <close> = cluster.open()
    local db <close> = mp.engine(server.url, { pool = { max = 2 } })
    db:exec "create table restart_spec (n int)"
    local tx <close> = db:begin()
    tx:exec "insert into restart_spec values (1)"
    server:crash()
    server:start()

    local first_ok, first = pcall(tx.exec, tx, "insert into restart_spec values (2)")
    local next_ok, next_error = pcall(tx.exec, tx, "insert into restart_spec values (3)")
    local commit_ok = pcall(tx.commit, tx)

    assert.same({ false, false, false }, { first_ok, next_ok, commit_ok })
    assert.same({ "tx_lost", "tx_lost" }, { first.kind, next_error.kind })
    assert.equal(0, db:value "select count(*) from restart_spec")
  end)
end)
