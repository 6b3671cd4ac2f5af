-- transaction_options_spec.lua - isolation, read_only, deferrable, over any default.
local mp = require "moonpool"

local SHOW = [[
  select current_setting('transaction_isolation') as isolation,
    current_setting('transaction_read_only') as read_only,
    current_setting('transaction_deferrable') as deferrable]]

-- Where an option is left out the connection's default holds.
local CONNECTIONS = {
  { settings = {}, isolation = "read committed", read_only = "off", deferrable = "off" },
  { settings = { default_transaction_isolation = "serializable",
      default_transaction_read_only = "on", default_transaction_deferrable = "on" },
    isolation = "serializable", read_only = "on", deferrable = "on" },
}

local function expected(default, options)
  local function toggle(name)
    if options[name] == nil then return default[name] end
    return options[name] and "on" or "off"
  end
  return { isolation = options.isolation or default.isolation, read_only = toggle "read_only",
    deferrable = toggle "deferrable" }
end

local OPTIONS = {
  {}, { isolation = "read committed" }, { isolation = "repeatable read" },
  { isolation = "serializable" }, { read_only = true }, { read_only = false },
  { deferrable = true }, { deferrable = false },
  { isolation = "serializable", read_only = true, deferrable = true },
  { isolation = "repeatable read", read_only = false, deferrable = false },
}

describe("the options of a transaction", function()
  for number, default in ipairs(CONNECTIONS) do
    it(("reach the server from an engine and a connection, with defaults %d"):format(number),
      function()
        local db <close> = mp.engine(nil, { pool = { max = 1 }, settings = default.settings })
        for _, options in ipairs(OPTIONS) do
          local wanted = expected(default, options)
          local run = db:transaction(function(tx) return tx:one(SHOW) end, options)
          assert.same(wanted, run)
          local conn <close> = db:connect()
          local tx <close> = conn:begin(options)
          assert.same(wanted, tx:one(SHOW))
        end
      end)
  end

  it("are none of a savepoint", function()
    local db <close> = mp.engine(nil, { pool = { max = 1 } })
    local tx <close> = db:begin()

    for name, value in pairs { isolation = "serializable", read_only = true, deferrable = true,
      retries = 2 } do
      local _, err = mp.try(tx.transaction, tx, function() end, { [name] = value })
      assert.equal("bad_argument", err.kind)
    end
  end)

  it("refuse what is no option's value", function()
    local db <close> = mp.engine(nil, { pool = { max = 1 } })
    for name, value in pairs { isolation = "snapshot", read_only = "yes", deferrable = 1,
      retries = -1 } do
      local _, err = mp.try(db.transaction, db, function() end, { [name] = value })
      assert.equal("bad_argument", err.kind)
      assert.matches(name, err.message)
    end
  end)

  it("bound how long a transaction may be idle, unless it is said otherwise", function()
    local function timeout(url, settings)
      local db <close> = mp.engine(url, { pool = { max = 1 }, settings = settings })
      return db:value "show idle_in_transaction_session_timeout"
    end
    local url = os.getenv "DATABASE_URL"

    assert.equal("1min", timeout())
    assert.equal("7s", timeout(nil, { idle_in_transaction_session_timeout = "7s" }))
    assert.equal("8s",
      timeout(url .. "&options=-c%20idle_in_transaction_session_timeout%3D8s"))
  end)
end)
