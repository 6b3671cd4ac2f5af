-- session_hygiene_spec.lua - what one user of a connection leaves behind, the next never sees.
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local mp = require "moonpool"
local proxy = require "spec.support.proxy"
local seed = require "spec.support.seed"

local ROUNDS = full(150, 2000)
local LEASES = 100
local NAME = "moonpool-hygiene-spec"

local SEEN = [[
  select
    now() = statement_timestamp() as is_outside,
    current_setting('application_name') as name,
    current_setting('search_path') as search_path,
    current_setting('statement_timeout') as statement_timeout,
    current_user = session_user as is_own_role,
    (select count(*) from pg_class where relname like 'hygiene_temp%') as temp_tables,
    (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks,
    (select count(*) from pg_listening_channels()) as channels,
    (select count(*) from pg_cursors where name <> '') as cursors,
    (select count(*) from pg_prepared_statements where name not like 'mp\_%') as prepared]]

-- Each leaves something of its own on the connection; an error is one way to leave.
local LEFT = {
  open_transaction = function(conn)
    conn:begin():exec "insert into hygiene_spec values (1)"
  end,
  failed_transaction = function(conn)
    local tx = conn:begin()
    tx:exec "insert into hygiene_spec values (1)"
    tx:exec "select nonsense"
  end,
  open_savepoint = function(conn)
    conn:begin():begin():exec "insert into hygiene_spec values (1)"
  end,
  setting = function(conn) conn:exec "set search_path = pg_catalog" end,
  timeout = function(conn) conn:exec "set statement_timeout = '17min'" end,
  local_setting = function(conn) conn:begin():exec "set local application_name = 'local'" end,
  role = function(conn) conn:exec "set role pg_monitor" end,
  setting_by_function = function(conn)
    conn:value "select set_config('application_name', 'another', false)"
  end,
  temporary_table = function(conn) conn:exec "create temp table hygiene_temp (n int)" end,
  advisory_lock = function(conn) conn:value "select pg_advisory_lock(4711)::text" end,
  channel = function(conn) conn:exec "listen hygiene" end,
  prepared = function(conn) conn:exec "prepare mine as select 1" end,
  cursor = function(conn)
    conn:script "begin; declare mine cursor with hold for select 1; commit"
  end,
  script = function(conn) conn:script "begin; create temp table hygiene_temp_of_script (n int)" end,
  half_done = function(conn)
    mp.deadline(0.002, conn.exec, conn, "insert into hygiene_spec select 1 from pg_sleep(1)")
  end,
  half_read_stream = function(conn)
    for row in conn:stream "select generate_series(1, 100000) as n" do
      if row.n == 10 then error "leave" end
    end
  end,
  open_copy = function(conn)
    conn:copy_in("hygiene_spec", { "n" }, function() error "leave" end)
  end,
  half_begun = function(conn)
    local task = mp.spawn(conn.begin, conn)
    coroutine.yield()
    task:cancel()
    task:join()
  end,
}

local function sorted_names()
  local names = {}
  for name in pairs(LEFT) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function leave(db, ...)
  local conn <close> = db:connect()
  for _, name in ipairs { ... } do
    pcall(LEFT[name], conn)
  end
end

-- How many messages went each way of the one connection that `work` had, and how many were resets.
local function messages_of(work)
  local between <close> = proxy.open "always front P:DISCARD pass"
  local of <close> = mp.engine(between.url, { pool = { max = 1 } })
  work(of)
  of:close()
  local resets = 0
  while true do
    local line = between.next_line(between.lines)
    local front, back = line:match "^close 1 (%d+) (%d+) "
    if front then return { front = tonumber(front), back = tonumber(back), resets = resets } end
    if line:find "^rule" then resets = resets + 1 end
  end
end

describe("what is left on a connection", function()
  local db, clean
  setup(function()
    db = mp.engine(nil, { pool = { max = 1 }, application_name = NAME })
    db:exec "drop table if exists hygiene_spec"
    db:exec "create table hygiene_spec (n int)"
    clean = db:one(SEEN)
  end)
  teardown(function()
    db:exec "drop table hygiene_spec"
    db:close()
  end)

  for _, name in ipairs(sorted_names()) do
    it(("is gone: %s"):format(name:gsub("_", " ")), function()
      leave(db, name)

      assert.same(clean, db:one(SEEN))
      assert.equal(0, db:value "select count(*) from hygiene_spec")
    end)
  end

  it("is gone in every mixture", function()
    seed.set "session hygiene"
    local names = sorted_names()
    for round = 1, ROUNDS do
      local first, second = names[math.random(#names)], names[math.random(#names)]
      leave(db, first, second)

      local where = ("round %d: %s, %s"):format(round, first, second)
      assert.same(clean, db:one(SEEN), where)
      assert.equal(0, db:value "select count(*) from hygiene_spec", where)
    end
  end)

  it("costs nothing where there is nothing: a clean return says no word to the server", function()
    local function one_lease_each(of)
      for i = 1, LEASES do
        local conn <close> = of:connect()
        assert.equal(i, conn:value("select $1::int8", i))
        conn:transaction(function(tx) tx:exec("insert into hygiene_spec values ($1)", i) end)
      end
    end
    local function one_lease_for_all(of)
      local conn <close> = of:connect()
      for i = 1, LEASES do
        assert.equal(i, conn:value("select $1::int8", i))
        conn:transaction(function(tx) tx:exec("insert into hygiene_spec values ($1)", i) end)
      end
    end

    local apart, together = messages_of(one_lease_each), messages_of(one_lease_for_all)
    local touched = messages_of(function(of)
      local conn <close> = of:connect()
      conn:exec "set work_mem = '5MB'"
      conn:close()
      of:value "select 1"
    end)
    db:exec "truncate hygiene_spec"

    assert.same(together, apart)
    assert.is_true(together.front > 10 * LEASES)
    assert.is_true(touched.resets == 1 and apart.resets == 0)
  end)

  it("is given up with a server process that does not answer", function()
    local other <close> = mp.engine(nil, { pool = { max = 1 } })
    local tx = other:begin()
    local pid = tx:value "select pg_backend_pid()"
    assert.is_true(driver.system.kill(pid, 19))

    pcall(function()
      local _ <close> = tx
      error "leave"
    end)
    local answer = mp.deadline(15, other.value, other, "select 1")
    driver.system.kill(pid, 18)

    assert.equal(1, answer)
  end)
end)
