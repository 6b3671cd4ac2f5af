-- Reading and writing real files in a temporary place.
local file_system = require "moonpool.migration.file_system"

local function fake_system(existing)
  local made = {}
  return {
    list = function() return {} end,
    stat = function(path) return existing[path] and { type = "directory" } end,
    mkdir = function(path)
      if path:find("locked", 1, true) then return nil, "Permission denied" end
      made[#made + 1] = path
      return true
    end,
  }, made
end

describe("moonpool.migration.file_system", function()
  it("reads back what it wrote, byte for byte", function()
    local fs = file_system.new((fake_system {}))
    local path = os.tmpname()

    assert.is_true(fs.write(path, "one\r\n\0two"))

    assert.equal("one\r\n\0two", fs.read(path))
    os.remove(path)
  end)

  it("says why a file cannot be read", function()
    local text, reason = file_system.new((fake_system {})).read "/nonexistent/file"

    assert.is_nil(text)
    assert.is_truthy(reason:find("No such file", 1, true))
  end)

  it("says that a directory is no file", function()
    local text, reason = file_system.new((fake_system {})).read "/"

    assert.is_nil(text)
    assert.is_truthy(reason:find("directory", 1, true))
  end)

  it("says why a file cannot be written", function()
    assert.is_nil((file_system.new((fake_system {})).write("/nonexistent/file", "x")))
  end)

  it("makes missing parents first", function()
    local system, made = fake_system { a = true }

    assert.is_true(file_system.new(system).make_directory "a/b/c")

    assert.same({ "a/b", "a/b/c" }, made)
  end)

  it("makes nothing that is there", function()
    local system, made = fake_system { ["a/b"] = true }

    assert.is_true(file_system.new(system).make_directory "a/b")

    assert.same({}, made)
  end)

  it("says why a directory cannot be made", function()
    local made, reason = file_system.new((fake_system {})).make_directory "locked/b"

    assert.is_nil(made)
    assert.equal("Permission denied", reason)
  end)
end)
