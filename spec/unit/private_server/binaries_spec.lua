-- binaries_spec.lua - which server programs are used.
local binaries = require "moonpool.private_server.binaries"

-- `versions` maps each directory that has the programs to their version.
local function look(versions, given)
  local found = given or {}
  return {
    env = function(name) return (found.env or {})[name] end,
    is_file = function(path) return versions[path:match "^(.*)/[^/]*$"] ~= nil end,
    list = function() return found.debian end,
    pg_config = function() return found.pg_config end,
    major = function(directory) return versions[directory] end,
  }
end

local function refusal(...)
  local ok, err = pcall(binaries.choose, ...)
  assert.is_false(ok)
  assert.equal("connect_failed", err.kind)
  return err
end

describe("moonpool.private_server.binaries", function()
  it("believes MOONPOOL_PG_BINDIR alone", function()
    local world = look({ ["/a"] = 16, ["/b"] = 15 },
      { env = { MOONPOOL_PG_BINDIR = "/b", PATH = "/a" } })

    assert.same({ "/b" }, binaries.candidates(world))
  end)

  it("refuses a MOONPOOL_PG_BINDIR without the programs", function()
    local err = refusal(look({ ["/a"] = 16 }, { env = { MOONPOOL_PG_BINDIR = "/b", PATH = "/a" } }))

    assert.matches("MOONPOOL_PG_BINDIR names /b", err.message)
  end)

  it("looks on the PATH, then asks pg_config, then takes Debian's newest", function()
    local world = look({
      ["/x"] = 16, ["/c"] = 14, ["/usr/lib/postgresql/9/bin"] = 9,
      ["/usr/lib/postgresql/15/bin"] = 15,
    }, {
      env = { PATH = "/none:relative::/x:/x" },
      pg_config = "/c",
      debian = { "15", "9", "common" },
    })

    assert.same({ "/x", "/c", "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/9/bin" },
      binaries.candidates(world))
    assert.equal("/x", binaries.choose(world))
  end)

  it("uses the version that made the data", function()
    local world = look({ ["/x"] = 16, ["/usr/lib/postgresql/15/bin"] = 15 },
      { env = { PATH = "/x" }, debian = { "15" } })

    assert.equal("/usr/lib/postgresql/15/bin", binaries.choose(world, 15))
  end)

  it("refuses data of a version that is not there, saying what to do", function()
    local err = refusal(look({ ["/x"] = 16 }, { env = { PATH = "/x" } }), 15)

    assert.matches("version 15.*/x are of version 16", err.message)
    assert.matches("moonpool dev reset", err.hint)
  end)

  it("says what to install where there are none", function()
    assert.matches("apt install postgresql, or set DATABASE_URL", refusal(look {}).hint)
  end)
end)
