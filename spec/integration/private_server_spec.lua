-- private_server_spec.lua - the private PostgreSQL: started, found again, stopped, and refused.
local command = require "spec.support.command"
local mp = require "moonpool"

local SIGKILL = 9
local COUNT = 'print(require("moonpool").engine():value "select count(*) from kept")'

local function wait_until(condition)
  mp.deadline(20, function()
    while not condition() do mp.sleep(0.02) end
  end)
end

describe("the private PostgreSQL", function()
  local project

  setup(function() project = command.project { ["moonpool.lua"] = "return {}" } end)
  teardown(function()
    project:run { "dev", "reset", "--yes" }
    project:remove()
  end)

  local function status()
    return mp.json.decode(project:run({ "dev", "status", "--json" }).out)
  end

  local function run_code(code, changes)
    return project:run({ "-e", code }, changes)
  end

  it("leaves no trace where nobody has needed it", function()
    local found = project:run { "dev", "status" }

    assert.same({ 0, "not running\n" }, { found.code, found.out })
    assert.is_false(project:exists ".moonpool")
  end)

  it("is started once for two commands at once, each saying in one line that it is used", function()
    local code = 'print(require("moonpool").engine():value "select pg_postmaster_start_time()")'
    local function run() return run_code(code) end

    local first, second = mp.all(run, run)

    assert.same({ 0, 0 }, { first.code, second.code }, first.err .. second.err)
    assert.equal(first.out, second.out)
    assert.matches("^moonpool: using the private PostgreSQL of [^\n]*%(socket /[^\n]*%)\n$",
      first.err)
  end)

  it("keeps what is in it, and is found again", function()
    run_code [[require("moonpool").engine():script(
      "create table kept (); insert into kept default values")]]

    assert.equal("1\n", run_code(COUNT).out)
  end)

  it("listens on a Unix socket that is its user's own", function()
    local found = status()

    assert.matches("^postgresql://moonpool@/app%?host=/", found.url)
    assert.is_true(found.running)
    assert.equal("\n", run_code(
      'print(require("moonpool").engine():value "show listen_addresses")').out)
  end)

  it("stops when told, and starts with the same data when it is needed again", function()
    assert.equal("stopped\n", project:run({ "dev", "stop" }).out)
    assert.is_false(status().running)
    assert.equal("not running\n", project:run({ "dev", "stop" }).out)

    assert.equal("1\n", run_code(COUNT).out)
  end)

  it("dies with its supervisor, and comes back", function()
    command.signal(status().pid, SIGKILL)
    wait_until(function() return not status().running end)

    assert.equal("1\n", run_code(COUNT).out)
  end)

  it("comes back when the server itself was killed", function()
    command.signal(tonumber(project:read(".moonpool/data/postmaster.pid"):match "%d+"), SIGKILL)
    wait_until(function() return not status().running end)

    assert.equal("1\n", run_code(COUNT).out)
  end)

  it("stops by itself when nobody uses it", function()
    project:run { "dev", "stop" }
    project:run({ "dev", "start" }, { MOONPOOL_DEV_IDLE = "0.5" })

    wait_until(function() return not status().running end)
  end)

  it("is not started in production, nor where a database is named", function()
    local production = run_code(COUNT, { MOONPOOL_ENV = "production" })
    local named = run_code(COUNT, { DATABASE_URL = "postgresql://127.0.0.1:1/x" })

    assert.equal(2, production.code)
    assert.matches("no database is named", production.err)
    assert.equal(4, named.code)
    assert.is_false(status().running)
  end)

  it("says what is wrong with the programs", function()
    local found = run_code(COUNT, { MOONPOOL_PG_BINDIR = "/none" })

    assert.equal(4, found.code)
    assert.matches("MOONPOOL_PG_BINDIR names /none", found.err)
  end)

  it("shows the server's own words when it does not start", function()
    local path = ".moonpool/data/postgresql.conf"
    local text = project:read(path)
    project:write(path, text .. "\nnonsense\n")

    local found = project:run { "dev", "start" }

    project:write(path, text)
    assert.equal(4, found.code)
    assert.matches('syntax error in file "[^\n]*/postgresql%.conf"', found.err)
  end)

  it("refuses data of another version, and starts anew after a reset that was meant", function()
    project:write(".moonpool/data/PG_VERSION", "9\n")

    local found = project:run { "dev", "start" }
    local unsaid = project:run { "dev", "reset" }
    local said = project:run { "dev", "reset", "--yes" }

    assert.matches("data is of version 9.*moonpool dev reset", found.err)
    assert.same({ 4, 2, 0 }, { found.code, unsaid.code, said.code })
    assert.is_false(project:exists ".moonpool/data")
  end)
end)
