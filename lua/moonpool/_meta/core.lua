-- core.lua - what the C core offers, for editors; `moonpool.driver` is the one door to it.
---@meta moonpool.core

---@class moonpool.core
---@field null lightuserdata
---@field coroutine table  the coroutine library, forwarding waits
---@field system table
local core = {}

---@param class_name "engine"|"connection"|"pool"|"task"
---@return table methods  of that userdata class; Lua adds to it
function core.methods(class_name) end

---@param constructor fun(fields: table): any  makes every error that C raises
function core.set_error_constructor(constructor) end

---@param url? string
---@param flat_options? table  as engine_options.flat gives them
---@return moonpool.Engine
function core.engine_open(url, flat_options) end

---@param fn function
---@return moonpool.Task
function core.spawn(fn, ...) end

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

---@class moonpool.Executor
local Executor = {}

---@async
---@param sql string
---@return table[] rows
function Executor:query(sql, ...) end

---@async
---@return table? row
function Executor:one(sql, ...) end

---@async
---@return table row
function Executor:get(sql, ...) end

---@async
---@return any
function Executor:value(sql, ...) end

---@async
---@return any[]
function Executor:column(sql, ...) end

---@async
---@return any[][]
function Executor:tuples(sql, ...) end

---@async
---@return integer affected
function Executor:exec(sql, ...) end

---@async
---@param list any[][]
---@return table[][]
function Executor:many(sql, list) end

---@async
function Executor:script(sql) end

---@async
---@param fn fun(tx: moonpool.Transaction): ...
---@param options? table
---@return any ...
function Executor:transaction(fn, options) end

---@class moonpool.Engine: moonpool.Executor
local Engine = {}

---@return moonpool.Pool
function Engine:pool() end

---@return string  "user@host:port/database"
function Engine:name() end

---@param fn? function  called as fn(sql, error, rows, queue, server, network, decode, ...)
function Engine:observe(fn) end

---@return table  counts, and the histograms `queue` and `run`
function Engine:statistics() end

---@return table[]  { sql=, calls=, errors=, rows=, queue=, run=, longest= }
function Engine:fingerprints() end

---@async
---@return moonpool.Connection
function Engine:connect() end

---@async
---@param options? table
---@return moonpool.Transaction
function Engine:begin(options) end

---@async
---@param seconds? number  how long work under way may take to end
function Engine:close(seconds) end

---@class moonpool.Connection: moonpool.Executor
local Connection = {}

---@async
---@return moonpool.Transaction
function Connection:begin(options) end

---@return integer  open transactions and savepoints
function Connection:depth() end

---@return boolean
function Connection:is_alive() end

function Connection:close() end

---@class moonpool.Pool
local Pool = {}

---@return table<string, number>
function Pool:stats() end

return core
