-- session_random_spec.lua - random edits of related objects end where a simple reference says.
local full = require "spec.support.full"
local object_script = require "spec.support.object_script"
local object_world = require "spec.support.object_world"
local seed = require "spec.support.seed"
local tables = require "spec.support.tables"

local SCHEMA = "session_random_spec"
local SCRIPTS, STEPS, PER_WORLD = full(200, 2000), 30, 10

describe("random edits of a session's objects", function()
  local db
  setup(function()
    db = tables.open(SCHEMA)
    local models = object_world.models
    tables.create(db, models.teams, models.users, models.posts, models.comments, models.groups,
      models.nodes, models.profiles, object_world.between)
    seed.set "random edits"
  end)
  teardown(function() tables.close(db, SCHEMA) end)

  local function run_script(script)
    for _ = 1, math.random(STEPS) do
      if script:step() then script:check() end
    end
    script:finish()
    script:check()
  end

  local function check_stored(world)
    assert.same(world:lines(), object_world.stored(db))
  end

  it(("end as a plain reference does, %d times"):format(SCRIPTS), function()
    local world
    for number = 0, SCRIPTS - 1 do
      if number % PER_WORLD == 0 then
        db:exec "truncate teams, users, posts, comments, groups, nodes, profiles, memberships"
        world = object_world.new()
      end
      local session <close> = db:session()
      local script = object_script.open(session, world)
      local ok, err = xpcall(run_script, debug.traceback, script)
      if not ok then error(("script %d: %s\n%s"):format(number, err,
        table.concat(script.log, "\n")), 0) end
      world = script.world
      check_stored(world)
    end
  end)
end)
