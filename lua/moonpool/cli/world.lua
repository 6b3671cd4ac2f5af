-- The real world of the command: the core's system, processes, tasks and engines.
local driver = require "moonpool.driver"
local lazy = require "moonpool.util.lazy"

---@type moonpool.private_server.World
return lazy.fields({
  system = driver.system,
  env = os.getenv,
  sleep = driver.sleep,
  shield = driver.shield,
  spawn = driver.spawn,
}, {
  process = { "moonpool.process" },
  deadline = { "moonpool.task", "deadline" },
  open_engine = { "moonpool.engine", "open" },
})
