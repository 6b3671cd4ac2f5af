-- descriptors_spec.lua - a process that may open few files says so, goes on, and recovers.
local command = require "spec.support.command"
local driver = require "moonpool.driver"
local process = require "moonpool.process"

local PROGRAM = [[
  local mp = require "moonpool"
  local db <close> = mp.engine(nil, { pool = { max = 64, acquire_timeout = 1 } })
  local working = db:connect()
  local held, failure = {}, nil
  for i = 1, 64 do
    local ok, conn = pcall(db.connect, db)
    if not ok then failure = conn break end
    held[#held + 1] = conn
  end
  print(failure and failure.kind, #held < 32)
  print(failure and failure.message)
  print(working:value "select 'works'")
  for _, conn in ipairs(held) do conn:close() end
  print(#mp.map({ 1, 2, 3 }, function(n) return db:value("select $1::int", n) end))
]]

describe("a process that may open 32 files", function()
  it("is told when there are no more, keeps what it has, and recovers", function()
    local project = command.project { ["main.lua"] = PROGRAM,
      ["run.sh"] = 'ulimit -n 32; exec "$MOONPOOL_SPEC_COMMAND" run main.lua\n' }
    local child <close> = process.open { "/bin/sh", "run.sh", cwd = project.directory,
      env = { DATABASE_URL = os.getenv "DATABASE_URL",
        MOONPOOL_SPEC_COMMAND = driver.system.exe_path() },
      stdout = "pipe", stderr = "inherit" }
    local out = child:read_all()
    local code = child:wait()
    project:remove()

    assert.equal(0, code)
    assert.is_truthy(out:find("Too many open files", 1, true))
    assert.is_truthy(out:find("\nworks\n3\n", 1, true))
  end)
end)
