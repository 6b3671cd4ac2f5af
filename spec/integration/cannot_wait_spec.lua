-- cannot_wait_spec.lua - waiting where Lua cannot suspend is refused by name.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local REFUSED = { kind = "bad_argument", says = "cannot wait here", cure = "outside of" }

describe("waiting is refused", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 2 } }) end)
  teardown(function() db:close() end)
  -- A statement that was begun in a coroutine before the wait was refused ends a little later.
  after_each(function()
    mp.deadline(5, function()
      while db:pool():stats().in_use > 0 do mp.sleep(0.005) end
    end)
  end)

  -- What is called back; each waits in its own way.
  local WAITS = {
    statement = function() return db:value "select true" end,
    script = function() return db:script "select 1" end,
    connect = function() return db:connect() end,
    transaction = function() return db:transaction(function() return true end) end,
    begin = function() return db:begin() end,
    sleep = function() return mp.sleep(0.01) end,
    await = function() return mp.spawn(mp.sleep, 0.01):await() end,
    all = function() return mp.all(function() mp.sleep(0.01) end) end,
    coroutine = function() return coroutine.wrap(db.value)(db, "select true") end,
  }

  -- A plain interpreter's main chunk never suspends, it runs the loop: a task must.
  local function in_task(fn, ...)
    return mp.spawn(fn, ...):await()
  end

  for name, wait in pairs(WAITS) do
    it("in table.sort, for " .. name, function()
      refusal.check(REFUSED, in_task, table.sort, { 2, 1 }, function()
        wait()
        return false
      end)
    end)
  end

  it("in string.gsub", function()
    refusal.check(REFUSED, in_task, string.gsub, "abc", ".", function()
      return tostring(WAITS.statement())
    end)
  end)

  it("in __tostring", function()
    local function text() return tostring(WAITS.statement()) end

    refusal.check(REFUSED, in_task, tostring, setmetatable({}, { __tostring = text }))
  end)

  it("in a message handler", function()
    local seen
    in_task(function()
      xpcall(error, function() seen = table.pack(pcall(WAITS.statement)) end, "x")
    end)

    assert.is_false(seen[1])
    refusal.check(REFUSED, error, seen[2], 0)
  end)

  it("in __gc", function()
    local seen
    in_task(function()
      setmetatable({}, { __gc = function() seen = table.pack(pcall(WAITS.statement)) end })
      collectgarbage()
      collectgarbage()
    end)

    assert.is_false(seen[1])
    refusal.check(REFUSED, error, seen[2], 0)
  end)

  it("to a task that would await itself", function()
    refusal.check({ kind = "bad_argument", says = "cannot await itself" }, function()
      local task
      task = mp.spawn(function()
        mp.sleep(0)
        return task:await()
      end)
      return task:await()
    end)
  end)
end)

describe("waiting works", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 2 } }) end)
  teardown(function() db:close() end)

  local function one() return db:value "select 1" end

  it("in metamethods that Lua calls, iterators and __close", function()
    local seen
    local object = setmetatable({}, {
      __index = one, __add = one, __lt = function() return one() == 1 end, __concat = one,
      __close = function() seen = one() end, __call = one,
    })
    mp.spawn(function()
      local _ <close> = object
      assert.equal(1, object.x)
      assert.equal(1, object + 1)
      assert.is_true(object < object)
      assert.equal(1, object .. "x")
      assert.equal(1, object())
      local count = 0
      for value in function() return count < 2 and one() or nil end do count = count + value end
      assert.equal(2, count)
    end):await()

    assert.equal(1, seen)
  end)

  it("in pcall, xpcall and error handling around it", function()
    mp.spawn(function()
      assert.same({ true, 1 }, { pcall(one) })
      assert.same({ true, 1 }, { xpcall(one, debug.traceback) })
    end):await()
  end)
end)
