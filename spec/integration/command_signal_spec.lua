-- command_signal_spec.lua - signals during a query: the exit code, and nothing left on the server.
local command = require "spec.support.command"
local driver = require "moonpool.driver"
local mp = require "moonpool"
local process = require "moonpool.process"

local URL = os.getenv "MOONPOOL_SPEC_URL"

local QUERY = 'require("moonpool").engine():query "select pg_sleep(60) /* signalled %s */"'
local TRANSACTION = [[require("moonpool").engine():transaction(function(tx)
  tx:exec "create table signalled ()"
  tx:query "select pg_sleep(60) /* signalled %s */"
end)]]

describe("a signal", function()
  local db
  setup(function() db = mp.engine(URL, { pool = { max = 1 } }) end)
  teardown(function() db:close() end)

  local function backends(label)
    return db:value("select count(*) from pg_stat_activity where query like $1",
      "%/* signalled " .. label .. " */%")
  end

  local function wait_until(condition)
    mp.deadline(10, function()
      while not condition() do mp.sleep(0.01) end
    end)
  end

  local CASES = {
    { name = "SIGINT", number = 2, code = 130, program = QUERY },
    { name = "SIGTERM", number = 15, code = 143, program = QUERY },
    { name = "SIGTERM in a transaction", number = 15, code = 143, program = TRANSACTION },
  }
  for _, case in ipairs(CASES) do
    it(("%s ends a query with %d"):format(case.name, case.code), function()
      local label = case.name:lower():gsub(" ", "_")
      local child <close> = process.open { driver.system.exe_path(), "--url", URL, "-e",
        case.program:format(label), stdout = "pipe", stderr = "null" }
      wait_until(function() return backends(label) == 1 end)

      command.signal(child.pid, case.number)

      assert.equal("", child:read_all())
      assert.equal(case.code, (child:wait()))
      wait_until(function() return backends(label) == 0 end)
      assert.is_nil(db:value "select to_regclass('signalled')::text")
    end)
  end
end)
