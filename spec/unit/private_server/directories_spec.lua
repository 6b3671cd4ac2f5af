-- directories_spec.lua - which directories are picked, and which are not trusted.
local directories = require "moonpool.private_server.directories"
local layout = require "moonpool.private_server.layout"

local ROOT, ADA, POSTGRES = 0, 1000, 101
local USERS = {
  [ROOT] = { name = "root", uid = ROOT, gid = ROOT, home = "/root" },
  [ADA] = { name = "ada", uid = ADA, gid = ADA, home = "/home/ada" },
  postgres = { name = "postgres", uid = POSTGRES, gid = 104, home = "/var/lib/postgresql" },
}

-- A file system of directories only: path -> { uid, mode, type }.
local function world(uid, tree)
  local system = { realpath = function(path) return path end }
  function system.getuid() return uid end
  function system.getpid() return 7 end
  function system.passwd(key) return USERS[key] end
  function system.stat(path)
    if not tree[path] then return nil end
    local owner, mode, kind = table.unpack(tree[path])
    return { uid = owner, gid = owner, mode = mode, type = kind or "directory" }
  end
  function system.mkdir(path, mode)
    local parent = path:match "^(.+)/[^/]*$" or "/"
    if uid ~= ROOT and tree[parent][1] ~= uid then error "permission denied" end
    tree[path] = { uid, mode }
  end
  function system.chmod(path, mode) tree[path][2] = mode end
  function system.chown(path, owner) tree[path][1] = owner end
  function system.rmdir(path) tree[path] = nil end
  function system.rename(from, to) tree[from], tree[to] = nil, tree[from] end
  return { system = system, env = function() end }
end

local function tree(extra)
  local paths = {
    ["/"] = { ROOT, 493 }, ["/root"] = { ROOT, 448 }, ["/srv"] = { ROOT, 493 },
    ["/home"] = { ROOT, 493 }, ["/home/ada"] = { ADA, 448 }, ["/var"] = { ROOT, 493 },
    ["/var/lib"] = { ROOT, 493 }, ["/tmp"] = { ROOT, 1023 },
  }
  for path, entry in pairs(extra or {}) do paths[path] = entry end
  return paths
end

describe("moonpool.private_server.directories", function()
  it("makes the state in the project, closed to others", function()
    local paths = tree { ["/home/ada/p"] = { ADA, 493 } }

    local directory, is_elsewhere = directories.state(world(ADA, paths), "/home/ada/p")

    assert.same({ "/home/ada/p/.moonpool", false }, { directory, is_elsewhere })
    assert.same({ ADA, 448 }, paths["/home/ada/p/.moonpool"])
  end)

  it("lets the server's user pass where root lends it an identity", function()
    local paths = tree()

    assert.equal("/srv/.moonpool", (directories.state(world(ROOT, paths), "/srv")))
    assert.same({ ROOT, 493 }, paths["/srv/.moonpool"])
  end)

  it("goes elsewhere where the server cannot reach the project, leaving no trace in it", function()
    local paths = tree()

    local directory, is_elsewhere = directories.state(world(ROOT, paths), "/root")

    assert.same({ "/var/lib/moonpool/" .. layout.hash "/root", true }, { directory, is_elsewhere })
    assert.is_nil(paths["/root/.moonpool"])
  end)

  it("goes elsewhere where the project is somebody else's", function()
    local paths = tree { ["/srv/.moonpool"] = { ROOT, 493 } }

    local directory = directories.state(world(ADA, paths), "/srv")

    assert.equal("/home/ada/.local/state/moonpool/" .. layout.hash "/srv", directory)
  end)

  it("does not trust a state directory that others may write", function()
    local paths = tree { ["/home/ada/.moonpool"] = { ADA, 511 } }

    assert.are_not.equal("/home/ada/.moonpool",
      (directories.state(world(ADA, paths), "/home/ada")))
  end)

  it("finds only what is there", function()
    local paths = tree { ["/home/ada/p"] = { ADA, 493 } }
    local ada = world(ADA, paths)

    assert.is_nil(directories.find_state(ada, "/home/ada/p"))
    directories.state(ada, "/home/ada/p")
    assert.equal("/home/ada/p/.moonpool", (directories.find_state(ada, "/home/ada/p")))
  end)

  it("makes the socket's directory the server user's own", function()
    local paths = tree()
    local user = layout.server_user(ROOT, function(key) return USERS[key] end)

    local path = directories.socket(world(ROOT, paths), "/srv/.moonpool", user)

    assert.same({ POSTGRES, 448 }, paths[path])
  end)

  for what, entry in pairs {
    ["another user's directory"] = { ADA + 1, 448 },
    ["a link"] = { ADA, 511, "link" },
  } do
    it("does not trust " .. what .. " in the socket's place", function()
      local user = layout.server_user(ADA, function(key) return USERS[key] end)
      local path = layout.socket_directory("/home/ada/.moonpool", user)
      local paths = tree { [path] = entry }

      local ok, err = pcall(directories.socket, world(ADA, paths), "/home/ada/.moonpool", user)

      assert.is_false(ok)
      assert.matches(path .. " is there already", err.message, 1, true)
    end)
  end
end)
