-- The real world of the command: the core's system, processes, tasks and engines.
local driver = require "moonpool.driver"
local engine = require "moonpool.engine"
local process = require "moonpool.process"
local task = require "moonpool.task"

---@type moonpool.private_server.World
return {
  system = driver.system,
  process = process,
  env = os.getenv,
  sleep = driver.sleep,
  shield = driver.shield,
  deadline = task.deadline,
  spawn = driver.spawn,
  open_engine = engine.open,
}
