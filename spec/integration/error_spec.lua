-- error_spec.lua - what errors carry from the server to the caller's Lua.
local mp = require "moonpool"

describe("errors", function()
  local db

  setup(function()
    db = mp.engine(nil, { pool = { max = 4 } })
    db:script [[
      drop table if exists error_spec;
      create table error_spec (id int constraint pk_error_spec primary key, n int check (n > 0))]]
  end)
  teardown(function()
    db:exec "drop table error_spec"
    db:close()
  end)

  -- Until it is gone, what is sent to it may be answered or not.
  local function terminate(pid)
    db:value("select pg_terminate_backend($1)", pid)
    mp.deadline(5, function()
      while db:value("select count(*) from pg_stat_activity where pid = $1", pid) > 0 do
        mp.sleep(0.005)
      end
    end)
  end

  local function raised(fn, ...)
    local ok, err = pcall(fn, ...)
    assert.is_false(ok)
    assert.is_true(mp.is_error(err), tostring(err))
    return err
  end

  it("carry every field of the server", function()
    db:exec "insert into error_spec values (1, 1)"

    local err = raised(db.exec, db, "insert into error_spec values ($1, 1)", 1)

    assert.equal("unique_violation", err.kind)
    assert.equal("23505", err.sqlstate)
    assert.equal("ERROR", err.severity)
    assert.equal("public", err.schema)
    assert.equal("error_spec", err.table)
    assert.equal("pk_error_spec", err.constraint)
    assert.equal("insert into error_spec values ($1, 1)", err.query)
    assert.is_truthy(err.detail:find("already exists", 1, true))
    assert.is_truthy(err.hint)
    assert.is_truthy(err.traceback:find("error_spec.lua", 1, true))
  end)

  it("name the caller's line", function()
    local err = raised(function() db:query "select nope" end)

    assert.is_truthy(tostring(err):find "error_spec.lua:%d+")
  end)

  it("point at the place in the statement", function()
    local err = raised(db.query, db, "select 1,\n  nope from error_spec")

    assert.equal(13, err.position)
    assert.is_truthy(tostring(err):find "\n[^\n]*nope from error_spec\n[^\n]*%^")
  end)

  it("match by kind, SQLSTATE and class", function()
    local err = raised(db.query, db, "select 1 / 0")

    assert.is_true(mp.is_error(err, "division_by_zero"))
    assert.is_true(mp.is_error(err, "22012"))
    assert.is_true(mp.is_error(err, "22"))
    assert.is_false(mp.is_error(err, "23"))
  end)

  it("come as a second value from try", function()
    local value, err = mp.try(db.query, db, "select 1 / 0")

    assert.is_nil(value)
    assert.equal("division_by_zero", err.kind)
    assert.equal(3, mp.try(db.value, db, "select 3"))
  end)

  it("never show parameters", function()
    local err = raised(db.query, db, "select $1::text::int", "s3cret" .. "x")

    assert.is_nil(err.query:find("s3cretx", 1, true))
  end)

  it("tell a refused port within the connect timeout", function()
    local other <close> = mp.engine "postgresql://nobody@127.0.0.1:1/none"

    local err = raised(other.query, other, "select 1")

    assert.equal("connect_failed", err.kind)
  end)

  it("tell a host that does not exist", function()
    local other <close> = mp.engine "postgresql://nobody@no-such-host.invalid/none"

    local err = raised(other.query, other, "select 1")

    assert.equal("connect_failed", err.kind)
    assert.is_truthy(err.message:find("no-such-host.invalid", 1, true))
  end)

  it("tell a wrong password", function()
    local url = os.getenv "MOONPOOL_SPEC_TCP_URL"
    if not url then return pending "no server with passwords" end
    local other <close> = mp.engine((url:gsub("://([^:]+):[^@]*@", "://%1:wr0ng@")))

    local err = raised(other.query, other, "select 1")

    assert.equal("auth_failed", err.kind)
    assert.is_nil(tostring(err):find("wr0ng", 1, true))
  end)

  it("refuse a malformed URL without showing it", function()
    local err = raised(mp.engine, "postgresql://user:s3cret@host:notaport/db")

    assert.equal("bad_config", err.kind)
    assert.is_nil(tostring(err):find("s3cret", 1, true))
  end)

  it("refuse unknown and wrong options", function()
    local unknown = raised(mp.engine, nil, { pol = {} })
    assert.is_truthy(unknown.message:find('did you mean "pool"', 1, true))
    assert.equal("bad_config", raised(mp.engine, nil, { pool = { max = 0 } }).kind)
    assert.equal("bad_config", raised(mp.engine, nil, { connect_timeout = 0 }).kind)
    local fixed = { client_encoding = "LATIN1" }
    assert.equal("bad_config", raised(mp.engine, nil, { settings = fixed }).kind)
  end)

  it("refuse wrong durations of sleep and deadline", function()
    for _, seconds in ipairs { -1, 0 / 0, math.huge, "1" } do
      assert.equal("bad_argument", raised(mp.sleep, seconds).kind)
      assert.equal("bad_argument", raised(mp.deadline, seconds, print).kind)
    end
    assert.equal("bad_argument", raised(mp.deadline, 0, print).kind)
  end)

  it("report a lost connection by its class, with the server's SQLSTATE", function()
    local conn <close> = db:connect()
    local pid = conn:value "select pg_backend_pid()"
    terminate(pid)

    local err = raised(conn.query, conn, "select 1")

    assert.equal("connection_lost", err.kind)
    assert.equal("57P01", err.sqlstate)
    assert.is_false(conn:is_alive())
  end)
end)
