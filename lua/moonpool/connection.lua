-- connection.lua - a pinned connection: what Lua adds to the core's methods.
local driver = require "moonpool.driver"
local lazy = require "moonpool.util.lazy"

return lazy.fields(driver.methods "connection", {
  with = { "moonpool.statement_view", "of" },
  as_tenant = { "moonpool.statement_view", "as_tenant" },
  begin = { "moonpool.transaction_begin", "on_connection" },
  notify = { "moonpool.channel", "notify" },
  lock = { "moonpool.advisory_lock", "on_connection" },
  large_object = { "moonpool.large_object", "on_its_own" },
  explain = { "moonpool.plan", "explain" },
  pipeline = { "moonpool.pipeline", "run" },
  transaction = { "moonpool.transaction_begin", "run_on_connection" },
  copy_in = { "moonpool.copy_in", "on_connection" },
  copy_out = { "moonpool.copy_out", "on_connection" },
  cursor = { "moonpool.cursor", "on_connection" },
  session = { "moonpool.session", "on_connection" },
})
