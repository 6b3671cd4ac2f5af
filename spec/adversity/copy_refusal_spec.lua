-- copy_refusal_spec.lua - a COPY that the server has refused stops sending, over TLS as in clear.
local cluster = require "spec.support.cluster"
local full = require "spec.support.full"
local mp = require "moonpool"

local ROWS = full(2000000, 20000000)

describe("a COPY that is refused", function()
  local server
  setup(function()
    server = cluster.open { tls = true }
    local db <close> = mp.engine(server.url)
    db:script "create table refused (id int8 primary key)"
  end)
  teardown(function() server:__close() end)

  -- How many rows were read from their source before the refusal was noticed.
  local function given(db, tweak)
    local count = 0
    local ok, err = pcall(db.copy_in, db, "refused", { "id" }, function()
      count = count + 1
      if tweak then tweak(count) end
      if count < ROWS then return { 1 } end
    end)
    assert.is_false(ok)
    assert.equal("unique_violation", err.kind)
    assert.equal(1, db:value "select 1")
    return count
  end

  it("stops soon in clear", function()
    local db <close> = mp.engine(server.url, { pool = { max = 1 } })

    assert.is_true(given(db) < ROWS / 4)
  end)

  it("stops soon under TLS", function()
    local db <close> = mp.engine(server.tls_url, { pool = { max = 1 } })

    assert.is_true(db:value "select ssl from pg_stat_ssl where pid = pg_backend_pid()")
    assert.is_true(given(db) < ROWS / 4)
  end)

  it("is not taken for one under TLS when a notice comes", function()
    local db <close> = mp.engine(server.tls_url, { pool = { max = 1 } })
    local noticed = 0
    db:on("notice", function() noticed = noticed + 1 end)
    db:script [[create function tell() returns trigger language plpgsql as $$ begin
      if new.id % 1000 = 0 then raise notice 'row %', repeat('x', (new.id / 100)::int); end if;
      return new; end $$;
      create table told (id int8);
      create trigger tell before insert on told for each row execute function tell()]]
    local at = 0

    local sent = db:copy_in("told", { "id" }, function()
      at = at + 1
      if at <= 100000 then return { at } end
    end)
    mp.deadline(10, function()
      while noticed < 100 do mp.sleep(0.005) end
    end)

    assert.equal(100000, sent)
    assert.equal(100, noticed)
    assert.equal(100000, db:value "select count(*) from told")
  end)
end)
