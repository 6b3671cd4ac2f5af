-- core.lua - what the C core offers, for editors; `moonpool.driver` is the one door to it.
---@meta moonpool.core

---@class moonpool.core
---@field null lightuserdata
---@field coroutine table  the coroutine library, forwarding waits
---@field range_class table  the metatable of ranges, filled in by moonpool.range
---@field system table
local core = {}

---@param class_name "engine"|"connection"|"pool"|"task"
---@return table methods  of that userdata class; Lua adds to it
function core.methods(class_name) end

---What C raises is made of these.
---@param class table  the metatable
---@param hints table<string, string>  by kind
---@param library string  how sources begin that are not the user's
function core.set_error_class(class, hints, library) end

---@param url? string
---@param flat_options? table  as engine_options.flat gives them
---@return moonpool.Engine
function core.engine_open(url, flat_options) end

---@param fn function
---@return moonpool.Task
function core.spawn(fn, ...) end

---@param fn function  a task that a program ends without
function core.spawn_daemon(fn, ...) end

---@param fn function  in which every wait is refused
---@return any ...
function core.call_without_waiting(fn, ...) end

---@return userdata anchor  of the running task: connections are tied to it
function core.anchor() end

---@async
---@param seconds number  0 lets other tasks go first
function core.sleep(seconds) end

---@async
---@param seconds number
---@param fn function
---@return any ...
function core.deadline(seconds, fn, ...) end

---@async
---@param fn function
---@return any ...
function core.shield(fn, ...) end

---@return boolean  whether a wait here would be refused for the place it is in
function core.can_wait() end

---@param value string|table  ISO 8601, or hour min sec usec offset
---@return moonpool.Time
function core.time(value) end

---@param value string|table  "1 day 02:03:04.5", "P1DT2H", or years months weeks days hours minutes
---  seconds microseconds
---@return moonpool.Interval
function core.interval(value) end

---@class moonpool.Task
local Task = {}

---@async
---@return any ...  the function's results; its error is raised
function Task:await() end

---@async
---@return boolean ok, any err
function Task:join() end

function Task:cancel() end

---@return "ready"|"running"|"waiting"|"done"|"failed"
function Task:status() end

return core
