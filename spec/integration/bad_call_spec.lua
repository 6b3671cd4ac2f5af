-- bad_call_spec.lua - wrong arguments of all, map, deadline, sleep, spawn, shield and run.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local NAN, HUGE = 0 / 0, math.huge

local function nothing() end

local function pack(...)
  return table.pack(...)
end

-- function, arguments, and what the message says
local CALLS = {
  { "all", pack(5), "argument 1 is a number" },
  { "all", pack(nil), "argument 1 is a nil" },
  { "all", pack(nothing, "x"), "argument 2 is a string" },
  { "map", pack(5, nothing), "got number and function" },
  { "map", pack({ 1 }, 5), "got table and number" },
  { "map", pack({ 1 }, nil, { limit = 1 }), "got table and nil" },
  { "map", pack(), "a table expected, got nil" },
  { "map", pack({ 1 }, nothing, 5), "options must be a table, not 5" },
  { "map", pack({ 1 }, nothing, { limit = 0 }), '"limit" must be an integer of at least 1, not 0' },
  { "map", pack({ 1 }, nothing, { limit = 1.5 }), "not 1.5" },
  { "map", pack({ 1 }, nothing, { limit = "2" }), 'not "2"' },
  { "map", pack({ 1 }, nothing, { limt = 2 }), 'did you mean "limit"?' },
  { "deadline", pack(0, nothing), "got 0" },
  { "deadline", pack(-1, nothing), "got -1" },
  { "deadline", pack(NAN, nothing), "nan" },
  { "deadline", pack(HUGE, nothing), "got inf" },
  { "deadline", pack(1e308, nothing), "got 1e+308" },
  { "deadline", pack(2 ^ 63, nothing), "got 9.2233720368548e+18" },
  { "deadline", pack("1", nothing), "got a string" },
  { "deadline", pack(nil, nothing), "got nil" },
  { "deadline", pack(true, nothing), "got a boolean" },
  { "deadline", pack(1), "expects a function, got nil" },
  { "deadline", pack(1, "x"), "expects a function, got string" },
  { "deadline", pack(false), "expects a function, got nil" },
  { "sleep", pack(), "got nothing" },
  { "sleep", pack(-1), "got -1" },
  { "sleep", pack(NAN), "nan" },
  { "sleep", pack(HUGE), "got inf" },
  { "sleep", pack(1e308), "got 1e+308" },
  { "sleep", pack("1"), "got a string" },
  { "sleep", pack({}), "got a table" },
  { "spawn", pack(), "expects a function, got no value" },
  { "spawn", pack(5), "expects a function, got number" },
  { "shield", pack(5), "expects a function, got number" },
  { "run", pack(), "expects a function, got nil" },
}

describe("a call is refused", function()
  for number, row in ipairs(CALLS) do
    local name, arguments, says = table.unpack(row)
    it(("by mp.%s: %s (%d)"):format(name, says, number), function()
      refusal.check({ kind = "bad_argument", says = says },
        mp[name], table.unpack(arguments, 1, arguments.n))
    end)
  end

  it("on a task, with a dot", function()
    local task = mp.spawn(nothing)

    for _, method in ipairs { "await", "join", "cancel", "status" } do
      refusal.check({ kind = "bad_argument", says = "task expected, got nil", cure = "colon" },
        task[method], nil)
    end
    task:await()
  end)

  it("to close an engine in no time", function()
    local db <close> = mp.engine()

    for _, seconds in ipairs { 0, -1, "1", NAN } do
      refusal.check({ kind = "bad_argument", says = "the time to drain" }, db.close, db, seconds)
    end
  end)

  it("to nobody: an empty all gives nothing, a false deadline is none", function()
    assert.equal(0, select("#", mp.all()))
    assert.equal(7, mp.deadline(false, function() return 7 end))
    mp.sleep(0)
  end)
end)
