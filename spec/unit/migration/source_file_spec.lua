-- Whatever the bytes of a migration file are: a checked revision, or an error that names its place.
local errors = require "moonpool.errors"
local revision = require "moonpool.migration.revision"
local source_file = require "moonpool.migration.source_file"

local FILE = "m/versions/1_a.lua"

local TEXT = [[
local mp = require "moonpool"

return mp.migration {
  revision = "20261122T073100", down_revision = { "a1", "b2" },
  message = "orders get a state",
  allow = { "MP15" },
  upgrade = function(op)
    op:execute "select 1"
  end,
  downgrade = function(op)
    op:drop_table("t", { data_loss = "accepted" })
  end,
}
]]

local function require_module(name)
  assert(name == "moonpool", "no such module")
  return { migration = revision.new }
end

local function load_text(text)
  return source_file.load(FILE, text, require_module)
end

local EDITS = {
  function(text, at) return text:sub(1, at - 1) .. text:sub(at + 1) end,
  function(text, at)
    return text:sub(1, at) .. string.char(math.random(0, 255)) .. text:sub(at + 1)
  end,
  function(text, at) return text:sub(1, at) end,
  function(text, at) return text:sub(at) end,
  function(text, at) return text:sub(1, at) .. text:sub(math.random(at, #text)) end,
}

describe("moonpool.migration.source_file", function()
  it("loads a sound file", function()
    local record = load_text(TEXT)

    assert.equal("20261122T073100", record.revision)
    assert.equal(FILE, record.file)
  end)

  it("keeps what a file assigns out of the program", function()
    local _, err = errors.try(load_text, "string.format, table = nil\nprint = nil\n" .. TEXT)

    assert.equal("bad_config", err.kind)
    assert.equal(2, err.line)
    assert.is_truthy(print and table and string.format)
  end)

  it("refuses endless recursion", function()
    local _, err = errors.try(load_text, "local function f() return 1 + f() end\nf()")

    assert.equal("bad_config", err.kind)
    assert.equal(1, err.line)
  end)

  it("refuses a number for a list's member", function()
    local _, err = errors.try(load_text, (TEXT:gsub('"b2"', "7")))

    assert.is_truthy(err.message:find(FILE .. ":4:", 1, true), err.message)
  end)

  it("answers every damaged file with a revision or a placed error", function()
    local seed = math.tointeger(tonumber(os.getenv "MP_SEED")) or os.time()
    math.randomseed(seed)
    for round = 1, 2000 do
      local text = EDITS[math.random(#EDITS)](TEXT, math.random(#TEXT))

      local record, err = errors.try(load_text, text)

      local place = ("MP_SEED=%d, round %d: %s"):format(seed, round, tostring(err))
      assert(record or errors.is_error(err, "bad_config"), place)
      assert(record or err.message:find(FILE .. ":", 1, true) and math.type(err.line), place)
    end
  end)
end)
