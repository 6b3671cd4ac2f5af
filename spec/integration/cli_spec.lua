-- cli_spec.lua - the command from outside: programs, exit codes, signals, documents.
local command = require "spec.support.command"
local mp = require "moonpool"

describe("the command", function()
  local project

  setup(function()
    project = command.project {
      ["moonpool.lua"] = 'return { lua_path = "lua/?.lua" }',
      [".env"] = "GREETING='from .env'\n",
      ["lua/deep/module.lua"] = 'return require("moonpool").engine():value "select 42"',
      ["program.lua"] = [[
#!/usr/bin/env moonpool
print(require "deep.module", arg[0], arg[1], select("#", ...), os.getenv "GREETING")]],
      ["broken.lua"] = "local x = 1\nprint(",
      ["failing.lua"] = "\nlocal x\nprint(x.y)",
      ["forgetful.lua"] = 'require("moonpool").spawn(function() error "unseen" end)',
    }
  end)
  teardown(function() project:remove() end)

  local function run(...)
    return project:run({ ... }, { DATABASE_URL = os.getenv "MOONPOOL_SPEC_URL" })
  end

  it("runs a file with its arguments, the project's modules and .env", function()
    local found = run("program.lua", "--json", "b")

    assert.equal("", found.err)
    assert.same({ 0, "42\tprogram.lua\t--json\t2\tfrom .env\n" }, { found.code, found.out })
  end)

  it("runs code", function()
    assert.equal("1\ta\n", run("-e", "print(1, ...)", "a").out)
  end)

  it("names file and line of what cannot run, with exit code 2", function()
    local broken, missing, folder = run "broken.lua", run "missing.lua", run("run", "lua")

    assert.same({ 2, 2, 2 }, { broken.code, missing.code, folder.code })
    assert.matches("broken%.lua:2: ", broken.err)
    assert.matches("missing%.lua: No such file", missing.err)
    assert.matches("lua is a directory", folder.err)
  end)

  it("shows a program's failure with its own frames, with exit code 1", function()
    local found = run "failing.lua"

    assert.equal(1, found.code)
    assert.equal("failing.lua:3: attempt to index a nil value (local 'x')\n"
      .. "stack traceback:\n\tfailing.lua:3: in main chunk\n", found.err)
  end)

  it("fails for an error that nobody awaited", function()
    local found = run "forgetful.lua"

    assert.equal(1, found.code)
    assert.matches("forgetful%.lua:1: unseen", found.err)
  end)

  it("ends with the code that the program asks for", function()
    assert.equal(7, run("-e", "os.exit(7)").code)
  end)

  it("ends with 130 or 143 after a signal", function()
    for number, expected in pairs { [2] = 130, [15] = 143 } do
      local code = ([[
        local system = require("moonpool.driver").system
        system.kill(system.getpid(), %d)
        require("moonpool").sleep(60)]]):format(number)

      assert.equal(expected, run("-e", code).code)
    end
  end)

  it("refuses what it does not know, with a suggestion and exit code 2", function()
    local verb, option, both = run "upgrad", run("current", "--jsn"), run("dev", "begin")

    assert.same({ 2, 2, 2 }, { verb.code, option.code, both.code })
    assert.matches("upgrade", verb.err)
    assert.matches("%-%-json", option.err)
    assert.matches("'start'", both.err)
  end)

  it("gives one document with --json, also for an error", function()
    local version = mp.json.decode(run("--json", "version").out)
    local code = 'require("moonpool").engine():value "select 1"'
    local url = "postgresql://u:secret@127.0.0.1:1/x"
    local found = project:run { "--json", "--url", url, "-e", code }
    local document = mp.json.decode(found.out)

    assert.equal("Lua 5.4", version.lua)
    assert.equal(4, found.code)
    assert.equal("connect_failed", document.error.kind)
    assert.is_nil((found.out .. found.err):find("secret", 1, true))
  end)

  it("describes itself, its verbs and its errors", function()
    assert.matches("downgrade", run("help").out)
    assert.matches("^Usage: moonpool upgrade", run("upgrade", "--help").out)
    assert.matches("hint: ", run("help", "unique_violation").out)
    assert.equal(2, run("help", "nothing").code)
  end)
end)
