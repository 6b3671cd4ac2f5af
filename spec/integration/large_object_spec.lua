-- large_object_spec.lua - large objects, in pieces and in transactions.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

describe("a large object", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 2 } }) end)
  teardown(function() db:close() end)

  it("is created, written, read, moved in, cut and deleted", function()
    db:transaction(function(tx)
      local object <close> = tx:large_object()
      assert.equal(11, object:write "hello\0world")
      assert.equal(11, object:tell())
      assert.equal(0, object:seek "set")
      assert.equal("hello", object:read(5))
      assert.equal("\0world", object:read())
      assert.equal("", object:read())
      assert.is_nil(object:read(1))
      assert.equal(9, object:seek("end", -2))
      assert.equal("ld", object:read(10))
      object:truncate(5)
      object:seek "set"
      assert.equal("hello", object:read())
      object:unlink()
      local left = tx:value("select count(*) from pg_largeobject_metadata where oid = $1",
        object.oid)
      assert.equal(0, left)
    end)
  end)

  it("on the engine has a transaction of its own, which close commits", function()
    local oid
    do
      local object <close> = db:large_object()
      oid = object.oid
      object:write "kept"
    end
    do
      local object <close> = db:large_object(oid, { mode = "r" })
      assert.equal("kept", object:read())
      refusal.check({ kind = "object_not_in_prerequisite_state" }, function()
        local other <close> = db:large_object(oid, { mode = "r" })
        other:write "x"
      end)
    end
    pcall(function()
      local object <close> = db:large_object(oid)
      object:write "lost"
      error "stop"
    end)

    local object = db:large_object(oid)
    assert.equal("kept", object:read())
    object:unlink()
    refusal.check({ kind = "bad_argument", says = "closed" }, object.read, object)
    refusal.check({ kind = "undefined_object" }, db.large_object, db, oid)
    for _ = 1, 500 do
      if db:pool():stats().in_use == 0 then break end
      mp.sleep(0.01)
    end
    assert.equal(0, db:pool():stats().in_use)
  end)

  it("of many megabytes goes in pieces", function()
    local object = db:large_object()
    local block = ("0123456789abcdef"):rep(1 << 16)
    for _ = 1, 5 do object:write(block .. "x") end
    object:seek "set"
    local total, pieces = 0, 0
    for piece in object:chunks() do
      total, pieces = total + #piece, pieces + 1
    end
    assert.equal(5 * (#block + 1), total)
    assert.equal(6, pieces)
    assert.equal(3 << 31, object:seek("set", 3 << 31))
    object:write "beyond"
    assert.equal((3 << 31) + 6, object:tell())
    object:unlink()
  end)

  it("refuses what is no oid, mode or size", function()
    refusal.check({ kind = "bad_argument" }, db.large_object, db, "5")
    refusal.check({ kind = "bad_argument" }, db.large_object, db, 0)
    refusal.check({ kind = "bad_argument" }, db.large_object, db, nil, { mode = "a" })
    db:transaction(function(tx)
      local object <close> = tx:large_object()
      refusal.check({ kind = "bad_argument" }, object.read, object, -1)
      refusal.check({ kind = "bad_argument" }, object.write, object, 5)
      refusal.check({ kind = "bad_argument" }, object.seek, object, "up")
      refusal.check({ kind = "bad_argument" }, object.truncate, object, 1.5)
    end)
  end)
end)
