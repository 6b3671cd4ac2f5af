-- driver.lua - the one door to the C core.
local core = require "moonpool.core"
local errors = require "moonpool.errors"

core.set_error_constructor(errors.new)
errors.set_traceback(core.traceback)

return core
