-- layout_spec.lua - where a private PostgreSQL keeps what, and under which user.
local layout = require "moonpool.private_server.layout"

local function environment(variables)
  return function(name) return variables[name] end
end

describe("moonpool.private_server.layout", function()
  it("lends root the user postgres, else nobody", function()
    local postgres = { name = "postgres", uid = 101, gid = 104, home = "/" }
    local nobody = { name = "nobody", uid = 65534, gid = 65533 }
    local function with_postgres(key) return key == "postgres" and postgres or nil end
    local function with_nobody(key) return key == 65534 and nobody or nil end

    assert.same({ name = "postgres", uid = 101, gid = 104 }, layout.server_user(0, with_postgres))
    assert.same({ name = "nobody", uid = 65534, gid = 65533 }, layout.server_user(0, with_nobody))
    assert.equal(65534, layout.server_user(0, function() end).uid)
  end)

  it("lets everybody else be the server's user", function()
    local ada = { name = "ada", uid = 1000, gid = 1001 }

    assert.same(ada, layout.server_user(1000, function(uid) return uid == 1000 and ada or nil end))
    assert.equal(1000, layout.server_user(1000, function() end).uid)
  end)

  it("prefers the project, then the user's own state", function()
    local hash = layout.hash "/p"

    assert.same({ "/p/.moonpool", "/home/ada/.local/state/moonpool/" .. hash },
      layout.state_directories("/p", 1000, "/home/ada", environment {}))
    assert.same({ "/p/.moonpool", "/s/moonpool/" .. hash },
      layout.state_directories("/p", 1000, "/home/ada", environment { XDG_STATE_HOME = "/s" }))
    assert.same({ "/p/.moonpool", "/var/lib/moonpool/" .. hash },
      layout.state_directories("/p", 0, "/root", environment { XDG_STATE_HOME = "/s" }))
    assert.same({ "/.moonpool" }, layout.state_directories("/", 1000, nil, environment {}))
  end)

  it("hashes a path to sixteen digits, each path to its own", function()
    assert.equal("cbf29ce484222325", layout.hash "")
    assert.matches("^%x+$", layout.hash "/home/ada")
    assert.equal(16, #layout.hash "/home/ada")
    assert.are_not.equal(layout.hash "/a", layout.hash "/b")
  end)

  it("knows who may pass a directory", function()
    local user = { uid = 101, gid = 104, name = "postgres" }

    assert.is_true(layout.may_pass({ mode = 493, uid = 0, gid = 0 }, user)) -- 0755
    assert.is_false(layout.may_pass({ mode = 448, uid = 0, gid = 0 }, user)) -- 0700
    assert.is_true(layout.may_pass({ mode = 448, uid = 101, gid = 0 }, user))
    assert.is_true(layout.may_pass({ mode = 488, uid = 0, gid = 104 }, user)) -- 0750
    assert.is_false(layout.may_pass({ mode = 453, uid = 101 + 1, gid = 104 }, user)) -- 0705
  end)

  it("keeps the socket in a short directory of its own", function()
    local user = { uid = 1000, gid = 1000, name = "ada" }
    local hash = layout.hash "/p/.moonpool"

    assert.equal("/run/user/1000/moonpool-" .. hash,
      layout.socket_directory("/p/.moonpool", user, "/run/user/1000"))
    assert.equal("/tmp/moonpool-1000-" .. hash, layout.socket_directory("/p/.moonpool", user))
  end)

  it("passes over a runtime directory that is long or odd", function()
    local user = { uid = 1000, gid = 1000, name = "ada" }
    local default = "/tmp/moonpool-1000-" .. layout.hash "/p"

    assert.equal(default, layout.socket_directory("/p", user, "/" .. ("x"):rep(80)))
    assert.equal(default, layout.socket_directory("/p", user, "/run/a,b"))
    assert.equal(default, layout.socket_directory("/p", user, "/run/a b"))
  end)

  it("names socket and URL", function()
    assert.equal("/tmp/m/.s.PGSQL.5432", layout.socket "/tmp/m")
    assert.equal("postgresql://moonpool@/app?host=/tmp/m&port=5432", layout.url "/tmp/m")
    assert.equal("postgresql://moonpool@/postgres?host=/tmp/m&port=5432",
      layout.url("/tmp/m", "postgres"))
  end)

  it("reads major versions", function()
    assert.equal(15, layout.major_version "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)")
    assert.equal(15, layout.major_version "15\n")
    assert.is_nil(layout.major_version "")
  end)
end)
