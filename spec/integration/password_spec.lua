-- password_spec.lua - a password that a function gives for each new connection.
local mp = require "moonpool"

local url = os.getenv "MOONPOOL_SPEC_TCP_URL"

-- A role that connects by its password, which changes.
local function with_role(admin, fn)
  admin:script [[
    drop role if exists token_user;
    create role token_user login password 'first'; ]]
  fn((url:gsub("//[^@/]*@", "//token_user@")))
  admin:script "drop role token_user"
end

describe("a password that a function gives", function()
  local admin

  setup(function() admin = mp.engine() end)
  teardown(function() admin:close() end)

  it("is asked for each new connection", function()
    with_role(admin, function(target)
      local password, asked = "first", 0
      local db <close> = mp.engine(target, { pool = { max = 2 }, password = function()
        asked = asked + 1
        mp.sleep(0.001)
        return password
      end })

      local first <close> = db:connect()
      admin:exec "alter role token_user password 'second'"
      password = "second"
      local second <close> = db:connect()

      assert.equal("token_user", first:value "select current_user")
      assert.equal("token_user", second:value "select current_user")
      assert.equal(2, asked)
    end)
  end)

  it("may come from another engine", function()
    with_role(admin, function(target)
      local db <close> = mp.engine(target, { password = function()
        return admin:value "select 'first'"
      end })

      assert.equal("token_user", db:value "select current_user")
    end)
  end)

  it("is in no error when it is wrong", function()
    with_role(admin, function(target)
      local db <close> = mp.engine(target, { password = function() return "s3cret" end })

      local _, err = mp.try(db.value, db, "select 1")

      assert.equal("auth_failed", err.kind)
      assert.is_nil(tostring(err):find("s3cret", 1, true))
    end)
  end)

  it("fails the connect when the function fails", function()
    local db <close> = mp.engine(url, { password = function() error "the vault is shut" end })

    local _, err = mp.try(db.value, db, "select 1")

    assert.equal("connect_failed", err.kind)
    assert.matches("the function that gives it failed: .*the vault is shut", err.message)
    assert.matches("option password", err.hint)
  end)

  it("fails the connect when it is no string", function()
    for given, said in pairs { [5] = "gave number", [false] = "gave boolean", ["a\0b"] = "NUL" } do
      local db <close> = mp.engine(url, { password = function() return given end })

      local _, err = mp.try(db.value, db, "select 1")

      assert.equal("connect_failed", err.kind)
      assert.matches(said, err.message)
    end
  end)

  it("is waited for within connect_timeout", function()
    local db <close> = mp.engine(url, { connect_timeout = 0.1,
      password = function() mp.sleep(60) end })

    local _, err = mp.try(db.value, db, "select 1")

    assert.equal("connect_timeout", err.kind)
    assert.matches("waiting for its password", err.message)
  end)

  it("is waited for no longer when the engine closes", function()
    local asked, outcome = false, nil
    local db = mp.engine(url, { password = function()
      asked = true
      local _, err = mp.try(mp.sleep, 60)
      outcome = err.kind
      error(err, 0)
    end })
    local waiter = mp.spawn(db.value, db, "select 1")
    while not asked do mp.sleep(0.001) end

    db:close { timeout = 1 }

    assert.is_false((waiter:join()))
    while not outcome do mp.sleep(0.001) end
    assert.equal("cancelled", outcome)
  end)

  it("may take the place of a fixed one, and the reverse", function()
    with_role(admin, function(target)
      local db <close> = mp.engine(target, { pool = { max = 1 }, password = "first" })
      local asked = 0
      db:value "select 1"

      db:reconfigure { password = function()
        asked = asked + 1
        return "first"
      end }
      db:value "select 1"
      db:reconfigure { password = "first" }
      db:value "select 1"

      assert.equal(1, asked)
    end)
  end)
end)
