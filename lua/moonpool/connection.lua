-- connection.lua - a pinned connection: what Lua adds to the core's methods.
local channel = require "moonpool.channel"
local driver = require "moonpool.driver"
local pipeline = require "moonpool.pipeline"
local transaction = require "moonpool.transaction"

local Connection = driver.methods "connection"

Connection.begin = transaction.begin_on_connection
Connection.notify = channel.notify
Connection.pipeline = pipeline.run
Connection.transaction = transaction.run_on_connection

return Connection
