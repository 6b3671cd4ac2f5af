-- engine.lua - engines: opened from a URL and options, with what Lua adds to the core's methods.
require "moonpool.connection"
local default_database = require "moonpool.default_database"
local driver = require "moonpool.driver"
local engine_options = require "moonpool.engine_options"
local transaction = require "moonpool.transaction"

local engine = {}

local Engine = driver.methods "engine"

Engine.begin = transaction.begin_on_engine
Engine.transaction = transaction.run_on_engine
Engine.connect = Engine.session_open

-- Inside the command its choice goes before the environment, which it has looked at.
local function default_url()
  return default_database.url() or os.getenv "DATABASE_URL"
end

---Open an engine; nothing is connected before its first statement.
---@param url? string  URL or keywords as libpq takes them; DATABASE_URL, then PG*, when left out
---@param given? table  see engine_options
---@return moonpool.Engine
function engine.open(url, given)
  if url == nil then url = default_url() end
  return driver.engine_open(url, engine_options.flat(given))
end

return engine
