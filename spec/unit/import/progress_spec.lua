-- progress_spec.lua - what is shown of long work, on a terminal and elsewhere.
local progress = require "import.progress"

local function start(is_terminal)
  local world = { now = 100, written = {} }
  local stream = {
    write = function(_, text) world.written[#world.written + 1] = text end,
    flush = function() end,
  }
  world.progress = progress.new {
    stream = stream, is_terminal = is_terminal, clock = function() return world.now end,
  }
  return world
end

describe("import.progress", function()
  it("rewrites one line on a terminal", function()
    local world = start(true)

    world.now = 100.2
    world.progress:update("%d read", 1)
    world.now = 100.4
    world.progress:update("%d read", 2)
    world.progress:finish()

    assert.same({ "\r1 read\27[K", "\r2 read\27[K", "\r\27[K" }, world.written)
  end)

  it("writes whole lines elsewhere", function()
    local world = start(false)

    world.now = 106
    world.progress:update("%d read", 1)
    world.progress:finish()

    assert.same({ "1 read\n" }, world.written)
  end)

  it("stays silent between its moments", function()
    local terminal, file = start(true), start(false)

    terminal.now, file.now = 100.05, 104
    terminal.progress:update "early"
    file.progress:update "early"

    assert.same({}, terminal.written)
    assert.same({}, file.written)
  end)

  it("shows a phase at once", function()
    local world = start(false)

    world.progress:phase "merging"

    assert.same({ "merging\n" }, world.written)
  end)

  it("knows how long it is running", function()
    local world = start(false)

    world.now = 103.5

    assert.equal(3.5, world.progress:elapsed())
  end)
end)
