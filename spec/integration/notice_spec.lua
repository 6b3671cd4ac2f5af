-- notice_spec.lua - what servers say unasked reaches the functions that want to know.
local command = require "spec.support.command"
local fewer = require "spec.support.fewer"
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local FLOOD = fewer(30000, 12000) -- more than 10,000, which is what may wait

local function raise(level, message)
  return ([[do $$ begin raise %s '%s' using hint = 'a hint', detail = 'a detail'; end $$]]):format(
    level, message)
end

-- Handlers run in tasks of their own: soon, not at once.
local function wait_for(list, count)
  for _ = 1, 500 do
    if #list >= count then break end
    mp.sleep(0.01)
  end
  return #list
end

describe("a notice", function()
  local db
  before_each(function() db = mp.engine(nil, { pool = { max = 2 } }) end)
  after_each(function() db:close() end)

  it("comes with all that the server told, and the statement it came from", function()
    local seen = {}
    db:on("notice", function(notice) seen[#seen + 1] = notice end)
    local sql = raise("notice", "hello")
    db:exec(sql)
    wait_for(seen, 1)

    seen[1].context = nil
    assert.same({ severity = "NOTICE", sqlstate = "00000", message = "hello", detail = "a detail",
      hint = "a hint", query = sql }, seen[1])
  end)

  it("comes from scripts, transactions and pipelines too, in order", function()
    local seen = {}
    db:on("notice", function(notice) seen[#seen + 1] = notice.message end)
    db:script(raise("notice", "script") .. ";" .. raise("warning", "second"))
    db:transaction(function(tx) tx:exec(raise("notice", "transaction")) end)
    db:pipeline(function(p) p:exec(raise("notice", "pipeline")) end)
    wait_for(seen, 4)

    assert.same({ "script", "second", "transaction", "pipeline" }, seen)
  end)

  it("reaches every function until it is closed; one's error harms nobody", function()
    local first, second = {}, {}
    local handler = db:on("notice", function(notice) first[#first + 1] = notice.message end)
    db:on("notice", function(notice)
      second[#second + 1] = db:value("select $1::text", notice.message)
    end)
    db:exec(raise("notice", "1"))
    wait_for(second, 1)
    handler:close()
    handler:close()
    db:exec(raise("notice", "2"))
    wait_for(second, 2)

    assert.same({ "1" }, first)
    assert.same({ "1", "2" }, second)
  end)

  it("of which there are too many is left out, and that is told", function()
    local seen, left_out = 0, 0
    db:on("notice", function(notice)
      local dropped = notice.message:match "^(%d+) notices were left out"
      if dropped then left_out = left_out + math.tointeger(dropped) else seen = seen + 1 end
    end)
    db:exec(("do $$ begin for i in 1..%d loop raise notice 'n'; end loop; end $$"):format(FLOOD))
    for _ = 1, 500 do
      if seen + left_out == FLOOD then break end
      mp.sleep(0.01)
    end

    assert.equal(FLOOD, seen + left_out)
    assert.is_true(seen >= 1000)
  end)

  it("does not keep a program from its end, and an error in a function is reported", function()
    local project = command.project {}
    local ended = project:run { "run", "-e", [[
      local mp = require "moonpool"
      local db = mp.engine()
      db:on("notice", function(notice) error("oh: " .. notice.message, 0) end)
      db:exec "do $$ begin raise notice 'seen'; end $$"
      print "done"]] }
    project:remove()

    assert.equal("done\n", ended.out)
    assert.is_truthy(ended.err:find("oh: seen", 1, true))
  end)

  it("is an event beside others", function()
    local seen = {}
    local handler <close> = db:on("query", function(event) seen[#seen + 1] = event.sql end)
    db:value "select 1"
    handler:close()
    db:value "select 2"

    assert.same({ "select 1" }, seen)
  end)

  it("needs its name and a function", function()
    refusal.check({ kind = "bad_argument", says = 'did you mean "notice"' }, db.on, db, "notise",
      print)
    refusal.check({ kind = "bad_argument" }, db.on, db, nil, print)
    refusal.check({ kind = "bad_argument" }, db.on, db, "notice", 5)
  end)
end)
