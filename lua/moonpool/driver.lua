-- driver.lua - the one door to the C core.
local caller = require "moonpool.errors.caller"
local core = require "moonpool.core"
local errors = require "moonpool.errors"

core.set_error_constructor(errors.adopt)
errors.set_traceback(core.traceback)
caller.set_find(core.caller)

return core
