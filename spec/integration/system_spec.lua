-- The machine as Lua sees it: users, files, locks, clocks.
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"

local system = driver.system

describe("moonpool.core.system", function()
  local directory

  before_each(function() directory = system.mkdtemp "/tmp/moonpool-spec-XXXXXX" end)

  after_each(function()
    for _, name in ipairs(system.list(directory)) do
      local path = directory .. "/" .. name
      local remove = system.stat(path).type == "directory" and system.rmdir or system.unlink
      remove(path)
    end
    system.rmdir(directory)
  end)

  it("finds users by name and number", function()
    local root = system.passwd "root"

    assert.same({ 0, 0, "/root" }, { root.uid, root.gid, root.home })
    assert.same(root, system.passwd(0))
    assert.is_nil(system.passwd "nobody of this name")
  end)

  it("tells what a path is", function()
    system.mkdir(directory .. "/inside", 448)
    system.touch(directory .. "/file")

    local inside, file = system.stat(directory .. "/inside"), system.stat(directory .. "/file")

    assert.same({ "directory", 448 }, { inside.type, inside.mode })
    assert.same({ "file", 0, system.getuid() }, { file.type, file.size, file.uid })
    assert.is_nil(system.stat(directory .. "/missing"))
  end)

  it("lists names in order", function()
    for _, name in ipairs { "b", "a", ".c" } do system.touch(directory .. "/" .. name) end

    assert.same({ ".c", "a", "b" }, system.list(directory))
  end)

  it("says why a directory cannot be listed", function()
    local names, reason = system.list "/no/such/place"

    assert.is_nil(names)
    assert.equal("could not list /no/such/place: no such file or directory", reason)
  end)

  it("raises what failed with path and reason", function()
    local _, err = errors.try(system.mkdir, "/no/such/place", 448)

    assert.equal("system_error", err.kind)
    assert.equal("could not make the directory /no/such/place: no such file or directory",
      err.message)
  end)

  it("refuses a path with a NUL byte instead of cutting it", function()
    local _, err = errors.try(system.unlink, directory .. "/a\0b")

    assert.equal("bad_argument", err.kind)
  end)

  it("gives a lock to one holder at a time", function()
    local path = directory .. "/lock"
    local first = system.lock_file(path)

    assert.is_nil(system.lock_file(path))
    first:close()
    local second <close> = system.lock_file(path)

    assert.is_not_nil(second)
  end)

  it("sets and removes variables of the environment", function()
    system.setenv("MOONPOOL_SPEC_VARIABLE", "x=y")

    assert.equal("x=y", system.env "MOONPOOL_SPEC_VARIABLE")
    assert.equal("x=y", system.environ().MOONPOOL_SPEC_VARIABLE)
    system.setenv("MOONPOOL_SPEC_VARIABLE", nil)
    assert.is_nil(system.env "MOONPOOL_SPEC_VARIABLE")
  end)

  it("knows which processes there are", function()
    assert.is_true(system.kill(system.getpid(), 0))
    assert.is_false(system.kill(2 ^ 30 | 0, 0))
    assert.is_nil((errors.try(system.kill, -1, 0)))
  end)

  it("gives as many random bytes as asked for", function()
    local first, second = system.random(16), system.random(16)

    assert.equal(16, #first)
    assert.not_equal(first, second)
  end)
end)
