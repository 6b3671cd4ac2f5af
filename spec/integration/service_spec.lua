-- service_spec.lua - URLs that name a service: its file's values go before our defaults.
local command = require "spec.support.command"

local MAIN = [[
  local mp = require "moonpool"
  local db <close> = mp.engine(arg[1], { pool = { max = 1 } })
  local user = db:value "select current_user::text"
  print(user, db:value "show idle_in_transaction_session_timeout")]]

local FILE = [[
[quick]
host=%s
port=%s
dbname=%s
user=spec_trust
options=-c idle_in_transaction_session_timeout=9s
[plain]
host=%s
port=%s
dbname=%s
user=postgres
]]

describe("a URL that names a service", function()
  local project

  setup(function()
    local place = { os.getenv "PGHOST", os.getenv "PGPORT", os.getenv "PGDATABASE" }
    table.move(place, 1, 3, 4)
    project = command.project {
      ["main.lua"] = MAIN, ["service.conf"] = FILE:format(table.unpack(place)),
    }
  end)
  teardown(function() project:remove() end)

  local function run(url)
    return project:run({ "run", "main.lua", url },
      { PGSERVICEFILE = project.directory .. "/service.conf" })
  end

  for _, case in ipairs {
    { url = "service=quick", out = "spec_trust\t9s\n" },
    { url = "postgresql:///?service=quick", out = "spec_trust\t9s\n" },
    { url = "service=quick user=postgres", out = "postgres\t9s\n" },
    { url = "service=plain", out = "postgres\t1min\n" },
  } do
    it(("takes its values: %s"):format(case.url), function()
      local result = run(case.url)

      assert.equal(0, result.code, result.err)
      assert.equal(case.out, result.out)
    end)
  end

  it("is refused where there is no such service", function()
    local result = run "service=nowhere"

    assert.equal(2, result.code, result.err)
    assert.matches("bad_config", result.err)
    assert.matches('"nowhere" not found', result.err)
  end)
end)
