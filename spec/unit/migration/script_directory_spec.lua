-- Loading a directory of migrations, and writing new ones, on a file system of tables.
local errors = require "moonpool.errors"
local memory_files = require "spec.support.memory_files"
local revision = require "moonpool.migration.revision"
local script_directory = require "moonpool.migration.script_directory"

local function require_module(name)
  if name == "moonpool" then return { migration = revision.new } end
  error(("module '%s' not found"):format(name))
end

local function directory_of(files)
  local fs = memory_files.new {}
  for name, text in pairs(files) do fs.files["m/versions/" .. name] = text end
  fs.directories["m/versions"] = true
  return script_directory.new { path = "m", fs = fs, require = require_module }, fs
end

local HEAD = "local mp = require \"moonpool\"\nreturn mp.migration {\n"

local function migration(id, parent)
  return ("%s  revision = %q,\n  down_revision = %s,\n  upgrade = function() end,\n}\n"):format(
    HEAD, id, parent and ("%q"):format(parent) or "nil")
end

local function refusal(files)
  local directory = directory_of(files)
  local _, err = errors.try(directory.graph, directory)
  return err
end

local function assert_refused(files, place, says)
  local err = refusal(files)
  assert.equal("bad_config", err.kind)
  assert.equal(place, err.message:sub(1, #place))
  assert.is_truthy(err.message:find(says, 1, true), err.message)
  assert.is_truthy(err.hint)
end

describe("moonpool.migration.script_directory", function()
  it("loads an empty directory", function()
    assert.same({}, directory_of({}):graph():heads())
  end)

  it("loads every Lua file and knows its path", function()
    local files = { ["1_a.lua"] = migration "a", ["2_b.lua"] = migration("b", "a") }

    local graph = directory_of(files):graph()

    assert.same({ "a", "b" }, graph:ids())
    assert.equal("m/versions/2_b.lua", graph:get("b").file)
  end)

  it("passes over other files and hidden ones", function()
    local graph = directory_of({
      ["1_a.lua"] = migration "a",
      ["README.md"] = "text",
      [".#1_a.lua"] = "broken",
      ["1.lua~"] = "broken",
    }):graph()

    assert.same({ "a" }, graph:ids())
  end)

  it("refuses a directory that is not there, with a cure", function()
    local directory = script_directory.new {
      path = "gone", fs = memory_files.new {}, require = require_module,
    }

    local _, err = errors.try(directory.graph, directory)

    assert.equal("bad_config", err.kind)
    assert.is_truthy(err.message:find("gone/versions", 1, true))
    assert.is_truthy(err.hint:find("moonpool revision", 1, true))
  end)

  it("refuses a syntax error at its line", function()
    assert_refused({ ["1_a.lua"] = HEAD .. "  revision = = 1,\n}\n" },
      "m/versions/1_a.lua:3:", "near")
  end)

  it("refuses an unfinished file at its line", function()
    assert_refused({ ["1_a.lua"] = HEAD .. "  revision = 'a'," },
      "m/versions/1_a.lua:3:", "expected")
  end)

  it("refuses a syntax error in a file whose path is long and holds colons", function()
    local name = ("x:7: "):rep(20) .. ".lua"

    assert_refused({ [name] = "return (" }, "m/versions/" .. name .. ":1:", "near")
  end)

  it("refuses a byte order mark", function()
    assert_refused({ ["1_a.lua"] = "\xEF\xBB\xBF" .. migration "a" },
      "m/versions/1_a.lua:1:", "mark")
  end)

  it("refuses carriage returns at their line", function()
    local text = migration("a"):gsub("}\n$", "}\r\n")

    assert_refused({ ["1_a.lua"] = text }, "m/versions/1_a.lua:6:", "carriage")
  end)

  it("refuses text that is not UTF-8 at its line", function()
    assert_refused({ ["1_a.lua"] = "-- ok\n-- caf\xE9\n" }, "m/versions/1_a.lua:2:", "UTF-8")
  end)

  it("refuses compiled Lua", function()
    local bytes = string.dump(function() end)

    assert_refused({ ["1_a.lua"] = bytes }, "m/versions/1_a.lua:1:", "compiled")
  end)

  it("refuses a directory named like a migration", function()
    local directory, fs = directory_of { ["1_a.lua"] = migration "a" }
    fs.directories["m/versions/2_b.lua"] = true

    local _, err = errors.try(directory.graph, directory)

    assert.is_truthy(err.message:find("m/versions/2_b.lua:1:", 1, true))
    assert.is_truthy(err.message:find("directory", 1, true))
  end)

  it("refuses a file that returns nothing", function()
    assert_refused({ ["1_a.lua"] = "local mp = 1\n" }, "m/versions/1_a.lua:1:", "returns nothing")
  end)

  it("refuses an empty file", function()
    assert_refused({ ["1_a.lua"] = "" }, "m/versions/1_a.lua:1:", "returns nothing")
  end)

  it("refuses a file that returns a bare table", function()
    assert_refused({ ["1_a.lua"] = "return { revision = 'a' }" }, "m/versions/1_a.lua:1:", "table")
  end)

  it("refuses a file that returns a number", function()
    assert_refused({ ["1_a.lua"] = "return 4" }, "m/versions/1_a.lua:1:", "number")
  end)

  it("refuses an unknown field at its line", function()
    assert_refused({ ["1_a.lua"] = HEAD .. "  revision = 'a',\n  upgrad = function() end,\n}\n" },
      "m/versions/1_a.lua:4:", "upgrade")
  end)

  it("refuses a missing revision where the record begins", function()
    assert_refused({ ["1_a.lua"] = HEAD .. "  upgrade = function() end,\n}\n" },
      "m/versions/1_a.lua:2:", "missing")
  end)

  it("refuses an error raised while loading, at its line", function()
    assert_refused({ ["1_a.lua"] = "local x\n\nlocal y = x.z\n" }, "m/versions/1_a.lua:3:", "index")
  end)

  it("refuses an error of the file's own", function()
    assert_refused({ ["1_a.lua"] = "\nerror \"not today\"" }, "m/versions/1_a.lua:2:", "not today")
  end)

  it("refuses a missing module at the line that asks for it", function()
    assert_refused({ ["1_a.lua"] = "\nlocal m = require \"modles\"\n" },
      "m/versions/1_a.lua:2:", "modles")
  end)

  it("refuses a new global", function()
    assert_refused({ ["1_a.lua"] = "count = 1\n" .. migration "a" },
      "m/versions/1_a.lua:1:", "count")
  end)

  it("gives a file no way to read others or run commands", function()
    assert_refused({ ["1_a.lua"] = "local f = io.open \"x\"" }, "m/versions/1_a.lua:1:", "io")
    assert_refused({ ["1_a.lua"] = "os.execute \"x\"" }, "m/versions/1_a.lua:1:", "execute")
  end)

  it("refuses a broken file among sound ones", function()
    assert_refused({ ["1_a.lua"] = migration "a", ["2_b.lua"] = "return" },
      "m/versions/2_b.lua:1:", "nothing")
  end)

  it("refuses a duplicate revision and names both files", function()
    local err = refusal { ["1_a.lua"] = migration "a", ["2_a.lua"] = migration "a" }

    assert.is_truthy(err.message:find("1_a.lua", 1, true) and err.message:find("2_a.lua", 1, true))
  end)

  it("refuses a missing parent and names the file", function()
    local err = refusal { ["2_b.lua"] = migration("b", "a") }

    assert.is_truthy(err.message:find("2_b.lua", 1, true))
  end)

  it("refuses a cycle", function()
    local err = refusal { ["1_a.lua"] = migration("a", "b"), ["2_b.lua"] = migration("b", "a") }

    assert.is_truthy(err.message:find("cycle", 1, true))
  end)
end)

describe("moonpool.migration.script_directory create", function()
  local TIME = os.time { year = 2026, month = 11, day = 22, hour = 12 }
  local STAMP = os.date("!%Y%m%dT%H%M%S", TIME)

  local function create(files, options)
    local directory, fs = directory_of(files)
    options.time = options.time or TIME
    return directory:create(options), fs, directory
  end

  local function create_refusal(files, options)
    local _, err = errors.try(create, files, options)
    return err
  end

  it("writes the first revision, makes the directory, and can load it", function()
    local fs = memory_files.new {}
    local directory = script_directory.new { path = "m", fs = fs, require = require_module }

    local made = directory:create { message = "Start here!", time = TIME }

    assert.equal(STAMP, made.revision)
    assert.equal(("m/versions/%s_start_here.lua"):format(STAMP), made.file)
    assert.same({ STAMP }, directory:graph():heads())
  end)

  it("stands on the only head", function()
    local made, _, directory = create({ ["1_a.lua"] = migration "a" }, { message = "next" })

    assert.same({ "a" }, made.parents)
    assert.same({ "a" }, directory:graph():parents(made.revision))
  end)

  it("takes the next free second for its name", function()
    local made = create({ ["1.lua"] = migration(STAMP) }, { message = "next" })

    assert.equal(os.date("!%Y%m%dT%H%M%S", TIME + 1), made.revision)
  end)

  it("keeps a message with quotes, newlines and other scripts", function()
    local message = "say \"no\"\nto café ]]"

    local made, _, directory = create({}, { message = message })

    assert.equal(message, directory:graph():get(made.revision).message)
  end)

  it("names a file whose message has no ASCII letters", function()
    assert.is_truthy(create({}, { message = "変更" }).file:find("_revision.lua", 1, true))
  end)

  it("cuts a long message in the file's name", function()
    assert.is_true(#create({}, { message = ("word "):rep(100) }).file < 80)
  end)

  it("refuses two heads and says how to go on", function()
    local err = create_refusal({
      ["1.lua"] = migration "a", ["2.lua"] = migration("b", "a"), ["3.lua"] = migration("c", "a"),
    }, { message = "next" })

    assert.equal("bad_config", err.kind)
    assert.is_truthy(err.message:find("b, c", 1, true))
  end)

  it("stands on the head it is told", function()
    local made = create({
      ["1.lua"] = migration "a", ["2.lua"] = migration("b", "a"), ["3.lua"] = migration("c", "a"),
    }, { message = "next", head = "c" })

    assert.same({ "c" }, made.parents)
  end)

  it("merges all heads", function()
    local made, _, directory = create({
      ["1.lua"] = migration "a", ["2.lua"] = migration("b", "a"), ["3.lua"] = migration("c", "a"),
    }, { message = "merge", head = "heads" })

    assert.same({ "b", "c" }, made.parents)
    assert.same({ made.revision }, directory:graph():heads())
  end)

  it("refuses to open a second head by accident", function()
    local files = { ["1.lua"] = migration "a", ["2.lua"] = migration("b", "a") }

    local err = create_refusal(files, { message = "x", head = "a" })

    assert.is_truthy(err.hint:find("splice", 1, true))
  end)

  it("opens a second head when asked to", function()
    local files = { ["1.lua"] = migration "a", ["2.lua"] = migration("b", "a") }

    assert.same({ "a" }, create(files, { message = "x", head = "a", splice = true }).parents)
  end)

  it("refuses a head that is not there", function()
    assert.equal("bad_argument", create_refusal({}, { message = "x", head = "zz" }).kind)
  end)

  it("refuses an empty message", function()
    assert.equal("bad_argument", create_refusal({}, { message = "  " }).kind)
    assert.equal("bad_argument", create_refusal({}, {}).kind)
  end)

  it("says why it cannot write", function()
    local directory, fs = directory_of {}
    fs.write = function() return nil, "Permission denied" end

    local _, err = errors.try(directory.create, directory, { message = "x", time = TIME })

    assert.is_truthy(err.message:find("Permission denied", 1, true))
  end)
end)
