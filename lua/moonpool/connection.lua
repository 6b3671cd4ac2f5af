-- connection.lua - a pinned connection: what Lua adds to the core's methods.
local advisory_lock = require "moonpool.advisory_lock"
local channel = require "moonpool.channel"
local copy_in = require "moonpool.copy_in"
local copy_out = require "moonpool.copy_out"
local cursor = require "moonpool.cursor"
local driver = require "moonpool.driver"
local statement_view = require "moonpool.statement_view"
local large_object = require "moonpool.large_object"
local pipeline = require "moonpool.pipeline"
local plan = require "moonpool.plan"
local transaction = require "moonpool.transaction"

local Connection = driver.methods "connection"

Connection.with = statement_view.of
Connection.begin = transaction.begin_on_connection
Connection.notify = channel.notify
Connection.lock = advisory_lock.on_connection
Connection.large_object = large_object.on_its_own
Connection.explain = plan.explain
Connection.pipeline = pipeline.run
Connection.transaction = transaction.run_on_connection
Connection.copy_in = copy_in.on_connection
Connection.copy_out = copy_out.on_connection
Connection.cursor = cursor.on_connection

return Connection
