-- session_executor_spec.lua - a session as what repositories, functions and transactions run on.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"
local tables = require "spec.support.tables"
local world = require "spec.support.verbs_world"

local User = world.User

local SCHEMA = "session_executor_spec"

describe("a session", function()
  local db, s
  setup(function() db = world.open(SCHEMA) end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    world.fill(db)
    s = db:session()
  end)
  after_each(function() s:close() end)

  local refused = refusal.of_kind

  it("flushes before queries, unless told not to", function()
    s:add(User { email = "new", name = "auto" })
    assert.equal(0, s:no_autoflush(function()
      return s:select(User):where { name = "auto" }:count()
    end))
    assert.equal(1, s:select(User):where { name = "auto" }:count())
    assert.equal(0, db:value "select count(*) from users where name = 'auto'")
  end)

  it("is what a repository writes with, and undoes that, too", function()
    local Users = mp.repository(User)
    local users = Users:using(s)
    users:create { email = "created" }
    assert.equal(2, users:update_where({ id = { 1, 2 } }, { name = "both" }))
    local rows = {}
    for at = 1, 2000 do rows[at] = { email = "many" .. at } end
    assert.equal(2000, #users:create_many(rows))
    s:exec "insert into users (email) values ('raw')"
    assert.equal(5, db:value "select count(*) from users")
    s:rollback()
    assert.equal(5, users:count())
    users:create { email = "kept" }
    s:commit()
    assert.equal(6, db:value "select count(*) from users")
    local reader <close> = db:session { read_only = true }
    refused("bad_argument", "read only", reader.exec, reader, "delete from users")
    assert.equal(6, reader:value "with u as (select 1 from users) select count(*) from u")
    assert.is_false(reader.levels:is_open())
  end)

  it("runs a function in a unit of its own", function()
    local user = s:get(User, 1)
    assert.is_false(pcall(s.transaction, s, function()
      user.name = "undone"
      s:flush()
      error "no"
    end))
    assert.equal("n1", user.name)
    assert.equal("done", s:transaction(function(same)
      assert.equal(s, same)
      user.name = "done"
      return user.name
    end))
    s:commit()
    assert.equal("done", db:value "select name from users where id = 1")
  end)

  it("is a part of a transaction, and a part of a connection", function()
    db:transaction(function(tx)
      local inner <close> = tx:session()
      inner:get(User, 1).name = "in tx"
      inner:commit()
      inner:get(User, 2).name = "undone"
      inner:flush()
      inner:rollback()
      assert.same({ "in tx", "n2" }, tx:column "select name from users where id < 3 order by id")
      tx:exec "update users set name = 'more' where id = 3"
    end)
    local conn <close> = db:connect()
    local on <close> = conn:session()
    on:get(User, 2).name = "conn"
    on:commit()
    assert.same({ "in tx", "conn", "more" },
      db:column "select name from users where id < 4 order by id")
  end)

  it("reads over replicas, and writes nothing there", function()
    local reader <close> = db:read():session()
    local users = reader:select(User):with { "posts", "boss" }:order_by("id"):all()
    assert.equal(5, #users)
    assert.equal(users[1], reader:get(User, 1))
    refused("bad_argument", "read only", reader.commit, reader)
  end)
end)
