-- command_spec.lua - what the command refuses: exit code, stderr, and a clean stdout.
local command = require "spec.support.command"
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local S = refusal.SECRET
local URL = os.getenv "MOONPOOL_SPEC_URL"
local TCP = os.getenv "MOONPOOL_SPEC_TCP_URL"
local SELECT = 'require("moonpool").engine():value "select 1"'

local FILES = {
  ["moonpool.lua"] = "return {}",
  ["migrations/versions/.keep"] = "",
  ["broken.lua"] = "local x = 1\nprint(",
  ["failing.lua"] = "local function deep()\n  local x\n  return x.y\nend\ndeep()",
  ["nothing.lua"] = "error(nil)",
  ["table.lua"] = "error({})",
  ["text.lua"] = 'error("only text", 0)',
  ["hostile.lua"] = 'error(setmetatable({}, { __tostring = function() error "twice" end }))',
  ["odd.lua"] = "error(setmetatable({}, { __tostring = function() return 5 end }))",
  ["bytecode.lua"] = string.dump(function() end),
  ["folder/x.lua"] = "",
  ["needs.lua"] = 'require "no.such.module"',
  ["needs_broken.lua"] = 'package.path = "./?.lua;" .. package.path\nrequire "broken"',
  ["late.lua"] = 'local mp = require "moonpool"\nmp.spawn(function() mp.sleep(0) error "late" end)',
  ["server.lua"] = 'require("moonpool").engine():query "selec 1"',
  ["bom.lua"] = "\xEF\xBB\xBFlocal ok = 1\r\nerror('third')\r\n",
  ["list.lua"] = "return 5",
  ["syntax.lua"] = "return {\n  url = ,\n}",
  ["raising.lua"] = "\nlocal x = nil .. 'a'",
  ["global.lua"] = "url = 'x'\nreturn {}",
  ["unknown.lua"] = "return { migratons = 'm' }",
  ["wrong.lua"] = "return { url = 5 }",
}

-- arguments, exit code, and what stderr says
local REFUSED = {
  { { "upgrad" }, 2, { "upgrad", "upgrade" } },
  { { "frobnicate" }, 2, "frobnicate" },
  { { "--jsn", "version" }, 2, { "--jsn", "--json" } },
  { { "current", "--jsn" }, 2, { "--jsn", "--json" } },
  { { "upgrade", "--wiat", "3" }, 2, { "--wiat", "--wait" } },
  { { "upgrade", "--wait", "soon" }, 2, "soon" },
  { { "upgrade", "--wait" }, 2, "--wait" },
  { { "upgrade", "head", "again" }, 2, "too many arguments" },
  { { "upgrade", "--sql", "--plan" }, 2, "exclude" },
  { { "downgrade" }, 2, "rev" },
  { { "revision" }, 2, "-m" },
  { { "dev" }, 2, "action" },
  { { "dev", "begin" }, 2, "start" },
  { { "help", "nothing" }, 2, "nothing" },
  { { "run" }, 2, "run takes a file" },
  { { "run", "missing.lua" }, 2, "missing.lua: No such file" },
  { { "missing.lua" }, 2, "missing.lua: No such file" },
  { { "run", "folder" }, 2, "folder is a directory" },
  { { "run", "broken.lua" }, 2, "broken.lua:2:" },
  { { "run", "bytecode.lua" }, 2, { "bytecode.lua:1:", "compiled Lua" } },
  { { "-e", "print(" }, 2, "(command line):1:" },
  { { "run", "failing.lua" }, 1, { "failing.lua:3: attempt to index", "traceback", "'deep'" } },
  { { "run", "nothing.lua" }, 1, "nil" },
  { { "run", "table.lua" }, 1, "table" },
  { { "run", "text.lua" }, 1, { "only text", "traceback" } },
  { { "run", "hostile.lua" }, 1, "hostile.lua" },
  { { "run", "odd.lua" }, 1, "odd.lua" },
  { { "run", "needs.lua" }, 1, "no.such.module" },
  { { "run", "needs_broken.lua" }, 1, "broken.lua:2:" },
  { { "run", "late.lua" }, 1, "late.lua:2: late", has_no_document = true },
  { { "run", "bom.lua" }, 1, "bom.lua:2: third" },
  { { "run", "server.lua" }, 1, { "error[syntax_error]", "server.lua:1", "selec 1", "hint:" } },
  { { "-e", 'require("moonpool").sleep(-1)' }, 1, { "error[bad_argument]", "hint:" } },
  { { "--url", "postgresql://u:" .. S .. "@127.0.0.1:1/x", "current" }, 4, "connect_failed" },
  { { "--url", "postgresql://u:" .. S .. "@127.0.0.1:1/x", "-e", SELECT }, 4, "connect_failed" },
  { { "--url", "postgresql://u:" .. S .. "@no-such.invalid/x", "current" }, 4, "no-such.invalid" },
  { { "--url", (TCP:gsub(":password@", ":" .. S .. "@")), "current" }, 4, "auth_failed" },
  { { "--url", (URL:gsub("/spec%?", "/no_such?")), "current" }, 4, "no_such" },
  { { "--url", "http://u:" .. S .. "@h/x", "current" }, 2, "bad_config" },
  { { "--url", "postgresql://u:" .. S .. "@h:x/y", "current" }, 2, 'port "x"' },
  { { "--url", "postgresql://u:" .. S .. "/x@h/y", "current" }, 2, "an @ in the password" },
  { { "--config", "none.lua", "current" }, 2, "none.lua" },
  { { "--config", "syntax.lua", "current" }, 2, "syntax.lua:2:" },
  { { "--config", "raising.lua", "current" }, 2, "raising.lua:2:" },
  { { "--config", "list.lua", "current" }, 2, "list.lua:1: the file returns a number" },
  { { "--config", "global.lua", "current" }, 2, { "global.lua:1:", '"url"' } },
  { { "--config", "unknown.lua", "current" }, 2, { "migratons", 'mean "migrations"' } },
  { { "--config", "wrong.lua", "current" }, 2, { "wrong.lua", '"url"' } },
  { { "--config", "bytecode.lua", "current" }, 2, "compiled Lua" },
  { { "--env", "prod", "current" }, 2, { "prod", "production" } },
}

local function assert_says(text, wanted)
  for _, part in ipairs(type(wanted) == "table" and wanted or { wanted }) do
    assert.is_truthy(text:find(part, 1, true), ("%q is not in: %s"):format(part, text))
  end
end

describe("the command refuses", function()
  local project
  setup(function() project = command.project(FILES) end)
  teardown(function() project:remove() end)

  local function run(arguments, changes)
    local environment = { DATABASE_URL = URL }
    for name, value in pairs(changes or {}) do environment[name] = value end
    return project:run(arguments, environment)
  end

  for _, row in ipairs(REFUSED) do
    local arguments, code, says = table.unpack(row)
    local shown = table.concat(arguments, " "):gsub(S, "...")
    it(shown, function()
      local found = run(arguments)

      assert_says(found.err, says)
      assert.equal(code, found.code, found.err)
      assert.equal("", found.out)
      assert.is_nil(found.err:find(S, 1, true))
      assert.is_nil(found.err:find("(null)", 1, true))
    end)

    if row.has_no_document then goto continue end
    it(shown .. ", with --json", function()
      local whole = { "--json", table.unpack(arguments) }
      local found = run(whole)
      local document = mp.json.decode(found.out).error

      assert.equal(code, found.code, found.err)
      assert.equal("string", type(document.kind))
      assert.equal("string", type(document.message))
      assert.is_nil(found.out:find(S, 1, true))
    end)
    ::continue::
  end

  it("a broken moonpool.lua, naming file and line", function()
    local broken = command.project { ["moonpool.lua"] = "return {\n  1 +\n}" }

    local found = broken:run { "current" }

    broken:remove()
    assert.equal(2, found.code)
    assert_says(found.err, "moonpool.lua:3:")
  end)

  it("an unknown environment in MOONPOOL_ENV", function()
    local found = run({ "current" }, { MOONPOOL_ENV = "prodution" })

    assert.equal(2, found.code)
    assert_says(found.err, { "MOONPOOL_ENV", "prodution", "production" })
  end)

  it("to start a private server without its programs, and says what to install", function()
    local nothing = { DATABASE_URL = false, MOONPOOL_PG_BINDIR = project.directory .. "/folder",
      PATH = project.directory }

    local found = project:run({ "-e", SELECT }, nothing)

    assert.equal(4, found.code)
    assert_says(found.err, { "MOONPOOL_PG_BINDIR", "postgres or initdb", "hint:" })
    assert.equal("", found.out)
  end)
end)
