-- unreachable_spec.lua - servers that are not there, do not answer, or are none.
local driver = require "moonpool.driver"
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local stranger = require "spec.support.stranger"

local S = refusal.SECRET
local TCP = os.getenv "MOONPOOL_SPEC_TCP_URL"

local function url_of(port, options)
  return ("postgresql://user:%s@127.0.0.1:%d/db%s"):format(S, port, options or "")
end

-- Open an engine, ask, and tell how many seconds that took.
local function ask(url, options)
  local db <close> = mp.engine(url, options)
  return db:value "select 1"
end

local function timed(wanted, ...)
  local start = driver.system.hrtime()
  refusal.check(wanted, ask, ...)
  return driver.system.hrtime() - start
end

describe("connecting fails", function()
  it("at once where the port is refused, naming it", function()
    local seconds = timed({ kind = "connect_failed", says = { "127.0.0.1", "port 1 failed" } },
      url_of(1))

    assert.is_true(seconds < 5)
  end)

  it("for a host that does not exist, naming it", function()
    refusal.check({ kind = "connect_failed", says = "no-such-host.invalid" }, ask,
      ("postgresql://user:%s@no-such-host.invalid/db"):format(S))
  end)

  it("for a socket directory that does not exist, naming it", function()
    refusal.check({ kind = "connect_failed", says = "/no/such/directory" }, ask,
      ("postgresql:///db?host=/no/such/directory&password=%s"):format(S))
  end)

  it("for an address that is none", function()
    refusal.check({ kind = "connect_failed", says = '"nope"' }, ask, "hostaddr=nope password=" .. S)
  end)

  it("for a service that is not defined", function()
    refusal.check({ kind = "bad_config", says = '"no_such"' }, ask,
      "service=no_such password=" .. S)
  end)

  it("for a wrong password, which it does not show", function()
    refusal.check({ kind = "auth_failed", says = "spec_password" }, ask,
      (TCP:gsub(":password@", ":" .. S .. "@")))
  end)

  it("for no password where one is asked", function()
    refusal.check({ kind = "auth_failed", says = "password" }, ask,
      (TCP:gsub(":password@", "@")) .. "?passfile=/no/such/file")
  end)

  it("for an unknown role", function()
    refusal.check({ kind = "auth_failed", says = "nobody_here" }, ask,
      (TCP:gsub("spec_password:password", "nobody_here:" .. S)))
  end)

  it("for an unknown database, naming it", function()
    local err = refusal.check({ kind = "connect_failed", says = "no_such_database" }, ask,
      (TCP:gsub("/spec$", "/no_such_database")))

    assert.equal("3D000", err.sqlstate)
  end)

  it("for a setting that the server does not know, naming it", function()
    refusal.check({ kind = "connect_failed", says = "serch_path" }, ask, nil,
      { settings = { serch_path = "x" } })
  end)

  it("for a TLS that the server does not offer", function()
    refusal.check({ kind = "tls_failed" }, ask, TCP .. "?sslmode=require")
  end)

  it("for a TLS that would have to be verified", function()
    refusal.check({ kind = "tls_failed" }, ask, TCP .. "?sslmode=verify-full")
  end)

  it("for every task that waits", function()
    local db <close> = mp.engine(url_of(1), { pool = { max = 2 } })
    local function try() return select(2, mp.try(db.value, db, "select 1")) end

    local seconds = driver.system.hrtime()
    local failures = mp.map({ 1, 2, 3, 4, 5, 6, 7, 8 }, try)

    assert.is_true(driver.system.hrtime() - seconds < 5)
    for _, err in ipairs(failures) do assert.equal("connect_failed", err.kind) end
  end)
end)

describe("connecting ends in time", function()
  local function assert_in_time(url, seconds)
    local took = timed({ kind = "connect_timeout", says = ("%g s"):format(seconds) }, url,
      { connect_timeout = seconds })
    assert.is_true(took >= seconds - 0.01 and took < seconds + 0.5, ("took %g s"):format(took))
  end

  for _, manner in ipairs { "mute", "silent" } do
    for _, mode in ipairs { "disable", "prefer", "require" } do
      it(("with a %s server, sslmode=%s"):format(manner, mode), function()
        local server <close> = stranger.open(manner)

        assert_in_time(url_of(server.port, "?sslmode=" .. mode), 0.2)
      end)
    end
  end

  it("over several servers that say nothing", function()
    local one <close> = stranger.open "silent"
    local two <close> = stranger.open "silent"

    assert_in_time(("postgresql://user:%s@127.0.0.1:%d,127.0.0.1:%d/db"):format(
      S, one.port, two.port), 0.3)
  end)

  it("also when the deadline around it is shorter", function()
    local server <close> = stranger.open "silent"

    refusal.check({ kind = "timeout" }, mp.deadline, 0.1, ask, url_of(server.port))
  end)
end)

describe("what is no PostgreSQL is told apart", function()
  local SAYS = "does not speak the PostgreSQL protocol"
  local CASES = {
    { manner = "ssh", mode = "disable", says = SAYS },
    { manner = "http", mode = "disable", says = SAYS },
    { manner = "http", mode = "prefer", says = SAYS },
    { manner = "http", mode = "require", says = SAYS },
    { manner = "closing", mode = "disable", says = "closed the connection" },
    { manner = "closing", mode = "prefer", says = "closed the connection" },
  }
  for _, case in ipairs(CASES) do
    it(("as %s, sslmode=%s"):format(case.manner, case.mode), function()
      local server <close> = stranger.open(case.manner)

      local seconds = timed({ kind = "connect_failed", says = case.says },
        url_of(server.port, "?sslmode=" .. case.mode), { connect_timeout = 2 })

      assert.is_true(seconds < 1)
    end)
  end

  it("in time where its first word could begin a TLS handshake", function()
    local server <close> = stranger.open "ssh"

    refusal.check({ kind = "connect_timeout" }, ask, url_of(server.port, "?sslmode=prefer"),
      { connect_timeout = 0.2 })
  end)
end)
