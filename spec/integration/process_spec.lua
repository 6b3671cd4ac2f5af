-- Child programs for Lua: output, exit codes, the environment, tasks that wait for them.
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local process = require "moonpool.process"
local task = require "moonpool.task"

local function shell(script, more)
  local command = { "sh", "-c", script }
  for name, value in pairs(more or {}) do command[name] = value end
  return process.open(command)
end

describe("moonpool.process", function()
  it("reads lines, the last one without its newline too", function()
    local proc <close> = shell "printf 'a\\nb\\n\\nc'"
    local lines = {}

    for line in proc:lines() do lines[#lines + 1] = line end

    assert.same({ "a", "b", "", "c" }, lines)
    assert.same({ 0, 0 }, { proc:wait() })
  end)

  it("tells exit codes and signals", function()
    local failed <close> = shell "exit 3"
    local killed <close> = shell "kill -9 $$"

    assert.same({ 3, 0 }, { failed:wait() })
    assert.same({ 0, 9 }, { killed:wait() })
  end)

  it("reads a large output whole", function()
    local proc <close> = process.open { "head", "-c", 3000000, "/dev/zero" }

    assert.equal(3000000, #proc:read_all())
  end)

  it("changes the environment by name", function()
    local proc <close> = shell("echo $ADDED-$HOME-", { env = { ADDED = "1", HOME = false } })

    assert.equal("1--\n", proc:read_all())
  end)

  it("starts in another directory, and joins both outputs in one pipe", function()
    local proc <close> = shell("pwd; pwd >&2", { cwd = "/", stderr = "pipe" })

    assert.equal("/\n/\n", proc:read_all())
  end)

  it("appends output to a file", function()
    local path = os.tmpname()
    for _ = 1, 2 do
      local proc <close> = shell("echo line", { stdout = path })
      proc:wait()
    end

    local file <close> = io.open(path)
    assert.equal("line\nline\n", file:read "a")
    os.remove(path)
  end)

  it("names a program that does not exist", function()
    local _, err = errors.try(process.open, { "no-such-program" })

    assert.equal("bad_argument", err.kind)
    assert.equal('could not start "no-such-program": there is no such program', err.message)
  end)

  it("refuses what it does not know", function()
    local wrong = { {}, { "sh", colour = 1 }, { "sh", stdout = "nowhere" }, { "a\0b" } }
    for _, command in ipairs(wrong) do
      local _, err = errors.try(process.open, command)
      assert.equal("bad_argument", err.kind)
    end
  end)

  it("kills what is closed, and ends the waits for it", function()
    local proc = process.open { "sleep", "60" }
    local reader = task.spawn(proc.read, proc)
    local waiter = task.spawn(proc.wait, proc)
    task.sleep(0)

    proc:close()

    local read_ok, read_err = reader:join()
    local wait_ok, wait_err = waiter:join()
    assert.same({ false, "bad_argument" }, { read_ok, read_err.kind })
    assert.same({ false, "bad_argument" }, { wait_ok, wait_err.kind })
  end)

  it("kills what its task leaves open", function()
    local pid = task.spawn(function() return process.open({ "sleep", "60" }).pid end):await()

    while driver.system.kill(pid, 0) do task.sleep(0) end

    assert.is_false(driver.system.kill(pid, 0))
  end)

  it("ends a read by deadline or cancellation", function()
    local hanging <close> = process.open { "sleep", "60" }
    local _, late = errors.try(task.deadline, 0.01, hanging.read, hanging)
    local reader = task.spawn(hanging.read, hanging)
    task.sleep(0)
    reader:cancel()
    local _, cancelled = reader:join()

    assert.same({ "timeout", "cancelled" }, { late.kind, cancelled.kind })
  end)
end)
