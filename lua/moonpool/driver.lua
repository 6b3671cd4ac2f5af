-- driver.lua - the one door to the C core.
local caller = require "moonpool.errors.caller"
local core = require "moonpool.core"
local errors = require "moonpool.errors"
local hints = require "moonpool.errors.hints"

core.set_error_class(errors.class, hints, caller.library)
errors.set_traceback(core.traceback)
caller.set_find(core.caller)

return core
