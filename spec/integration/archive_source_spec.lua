-- archive_source_spec.lua - where the importer takes the package index from, and when it refuses.
local errors = require "moonpool.errors"
local source = require "import.source"
local system = require("moonpool.driver").system

local function read_all(index)
  local chunks = {}
  for chunk in index.read do chunks[#chunks + 1] = chunk end
  return table.concat(chunks)
end

describe("import.source", function()
  local path, folder

  -- An apt-cache of our own is found before the machine's.
  local function install_apt_cache(script)
    local program = folder .. "/apt-cache"
    local file <close> = assert(io.open(program, "w"))
    file:write("#!/bin/sh\n" .. script .. "\n")
    file:close()
    system.chmod(program, 493)
  end

  before_each(function()
    path, folder = system.env "PATH", system.mkdtemp "/tmp/mp-source.XXXXXX"
    system.setenv("PATH", folder .. ":" .. path)
  end)
  after_each(function()
    system.setenv("PATH", path)
    for _, name in ipairs(system.list(folder)) do system.unlink(folder .. "/" .. name) end
    system.rmdir(folder)
  end)

  it("is what apt knows", function()
    install_apt_cache "[ $1 = dumpavail ] && echo 'Package: a' && echo 'Version: 1'"
    local index <close> = source.open()

    assert.equal("apt-cache dumpavail", index.name)
    assert.equal("Package: a\nVersion: 1\n", read_all(index))
  end)

  it("is what dpkg has installed where apt is missing", function()
    system.setenv("PATH", folder)
    local index <close> = source.open()

    assert.equal("/var/lib/dpkg/status", index.name)
    assert.matches("^Package: ", read_all(index))
  end)

  it("is what dpkg has installed where apt knows nothing", function()
    install_apt_cache "exit 0"
    local index <close> = source.open()

    assert.equal("/var/lib/dpkg/status", index.name)
  end)

  it("is refused when apt fails, at once or half-way", function()
    install_apt_cache "exit 100"
    local _, at_once = errors.try(source.open)
    install_apt_cache "echo 'Package: a'; exit 100"
    local index <close> = source.open()
    local _, half_way = errors.try(read_all, index)

    for _, err in ipairs { at_once, half_way } do
      assert.matches("apt%-cache dumpavail failed %(exit 100%); nothing was changed", tostring(err))
    end
  end)

  it("is a file that is named", function()
    local name = folder .. "/index"
    local file = assert(io.open(name, "w"))
    file:write "Package: a\n"
    file:close()
    local index <close> = source.open(name)

    assert.equal(name, index.name)
    assert.equal("Package: a\n", read_all(index))
  end)

  it("is refused when the named file cannot be read", function()
    for _, name in ipairs { folder .. "/nothing", folder } do
      local _, err = errors.try(function()
        local index <close> = source.open(name)
        return read_all(index)
      end)

      assert.matches("cannot be read", tostring(err))
    end
  end)
end)
