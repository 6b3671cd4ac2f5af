-- `mp.migrations(db, options)` with this runtime's files, tasks, sleep and shield.
local driver = require "moonpool.driver"
local migration = require "moonpool.migration"

return {
  open = migration.in_world {
    system = driver.system,
    sleep = driver.sleep,
    shield = driver.shield,
    spawn = driver.spawn,
  },
}
