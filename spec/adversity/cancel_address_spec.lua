-- cancel_address_spec.lua - a cancel goes where its connection went, whatever the address is.
local cluster = require "spec.support.cluster"
local driver = require "moonpool.driver"
local mp = require "moonpool"
local settle = require "spec.support.settle"

local NAME = "moonpool-address-spec"

local function has_ipv6()
  local file <close> = io.open "/proc/net/if_inet6"
  return file ~= nil and file:read "a" ~= ""
end

describe("a cancel", function()
  local server, control, gone
  setup(function()
    server = cluster.open { addresses = has_ipv6() and "127.0.0.1,::1" or "127.0.0.1" }
    control = mp.engine(server.url, { pool = { max = 1 } })
    gone = driver.system.mkdtemp "/tmp/mp-gone.XXXXXX"
  end)
  teardown(function()
    driver.system.rmdir(gone)
    control:close()
    server:__close()
  end)

  local function stops_its_statement(hosts, more)
    local db <close> = mp.engine(("postgresql://postgres@/postgres?host=%s&port=%d%s"):format(hosts,
      server.port, more or ""), { pool = { max = 1 }, application_name = NAME })
    db:value "select 1"
    local begun = driver.system.hrtime()

    local ok, err = pcall(mp.deadline, 0.05, db.value, db, "select 1 from pg_sleep(60)")
    local seen = settle.wait(db, control, NAME)

    assert.is_false(ok)
    assert.equal("timeout", err.kind)
    assert.same(settle.QUIET, seen)
    assert.is_true(driver.system.hrtime() - begun < 3)
    assert.equal(0, db:pool():stats().closed)
  end

  it("finds a socket by its file", function() stops_its_statement(server.folder) end)

  it("finds a socket without a file", function() stops_its_statement("@" .. server.folder) end)

  it("finds an address of IPv4", function() stops_its_statement "127.0.0.1" end)

  it("finds an address of IPv6", function()
    if not has_ipv6() then return end
    stops_its_statement "::1"
  end)

  it("finds the address of a name", function() stops_its_statement "localhost" end)

  it("finds the address that a name was given", function()
    stops_its_statement("db.invalid", "&hostaddr=127.0.0.1")
  end)

  it("finds the one of several hosts that was there", function()
    stops_its_statement(gone .. "," .. server.folder)
    stops_its_statement(gone .. ",127.0.0.1")
  end)
end)
