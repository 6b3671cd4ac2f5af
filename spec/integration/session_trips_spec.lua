-- session_trips_spec.lua - how often a session waits for the server, counted at the socket.
local c = require "moonpool.column"
local mp = require "moonpool"
local tables = require "spec.support.tables"
local trips = require "spec.support.trips"

local SCHEMA = "session_trips_spec"

-- Three tables that refer to each other, with keys made by `key`.
local function models(prefix, key)
  local function name(of) return prefix .. "_" .. of end
  local User = mp.model { name "users", key(), c.text "name" }
  local Post = mp.model { name "posts", key(), c.text "title",
    mp.belongs_to("author", { table = name "users" }) }
  local Comment = mp.model { name "comments", key(), c.text "text",
    mp.belongs_to("post", { table = name "posts" }),
    mp.belongs_to("author", { table = name "users" }) }
  return User, Post, Comment
end

local CLIENT = { models("client", function()
  return c.uuid("id", { primary_key = true, generate = "v7" })
end) }
local SERVER = { models("server", function()
  return c.int8("id", { primary_key = true, identity = true })
end) }

local function graph(session, set, count)
  local User, Post, Comment = table.unpack(set)
  for at = 1, count // 5 do
    local user = User { name = "u" .. at }
    local post = Post { title = "p", author = user }
    session:add_all { Comment { text = "1", post = post, author = user }, user, post,
      Post { title = "q", author = user }, Comment { text = "2", post = post, author = user } }
  end
end

describe("a session's round trips", function()
  local control, counted
  setup(function()
    control = tables.open(SCHEMA)
    tables.create(control, table.unpack(CLIENT))
    tables.create(control, table.unpack(SERVER))
    counted = trips.open { search_path = SCHEMA .. ", public" }
  end)
  teardown(function()
    getmetatable(counted).__close(counted)
    tables.close(control, SCHEMA)
  end)

  local function commit_of(set, count)
    local s <close> = counted.db:session()
    graph(s, set, count)
    return (counted:count(s.commit, s))
  end

  it("commits 500 new objects of three tables in at most two, with keys made here", function()
    commit_of(CLIENT, 10) -- the texts become known

    local count = commit_of(CLIENT, 500)

    print("500 objects, keys made here:", count)
    assert.is_true(count <= 2, count)
    assert.equal(204, control:value "select count(*) from client_comments")
  end)

  it("commits them in at most four, with keys made by the server", function()
    commit_of(SERVER, 10)

    local count = commit_of(SERVER, 500)

    print("500 objects, keys made by the server:", count)
    assert.is_true(count <= 4, count)
    assert.equal(204, control:value [[select count(*) from server_comments c
      join server_posts p on p.id = c.post_id and p.author_id = c.author_id]])
  end)

  it("begins with the first flush, wraps each other in a savepoint, and commits with the last",
    function()
      local User = CLIENT[1]
      local function work()
        local s <close> = counted.db:session()
        local user = s:add(User { name = "1" })
        s:flush()
        user.name = "2"
        s:flush()
        user.name = "3"
        s:commit()
        assert.equal("3", control:value("select name from client_users where id = $1", user.id))
      end
      work()

      assert.equal(3, (counted:count(work)))
    end)

  it("updates and deletes in one", function()
    local User = CLIENT[1]
    local s <close> = counted.db:session()
    local users = {}
    for at = 1, 20 do users[at] = s:add(User { name = "x" .. at }) end
    s:commit()
    local function change(first)
      users[first].name, users[first + 1].name = "y", "z"
      s:delete(users[first + 2])
      s:delete(users[first + 3])
      s:commit()
    end
    change(1)

    assert.equal(1, (counted:count(change, 5)))
    assert.equal(0, (counted:count(s.commit, s)))
  end)

  it("reads what a delete takes with it in one for each depth", function()
    local Folder = mp.model { "folders", c.int8("id", { primary_key = true, identity = true }),
      mp.belongs_to("parent", { table = "folders", null = true, index = true }),
      mp.has_many("folders", { table = "folders", column = "parent_id", cascade = { "delete" } }),
      mp.has_many("files", { table = "files", cascade = { "delete" } }) }
    local File = mp.model { "files", c.int8("id", { primary_key = true, identity = true }),
      mp.belongs_to("folder", { table = "folders", index = true }) }
    tables.create(control, Folder, File)
    local function fill()
      control:script [[
        insert into folders (id, parent_id) overriding system value
          select n, nullif(n / 10, 0) from generate_series(1, 1999) n;
        insert into files (folder_id) select id from folders, generate_series(1, 2)]]
      local s <close> = counted.db:session()
      local root = s:get(Folder, 1)
      local count = counted:count(s.delete, s, root)
      s:commit()
      return count
    end
    fill()
    control:exec "delete from files"
    control:exec "delete from folders"

    assert.equal(4, fill()) -- 1, 10 to 19, 100 to 199, 1000 to 1999
    assert.equal(888, control:value "select count(*) from folders")
    assert.equal(1776, control:value "select count(*) from files")
  end)
end)
