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

---@param constructor fun(fields: table): any  makes every error that C raises
function core.set_error_constructor(constructor) end

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

---A moment, or calendar and clock without a zone. `tostring` is ISO 8601.
---@class moonpool.Timestamp
---@field year integer  negative before 1 AD
---@field month integer
---@field day integer
---@field hour integer
---@field min integer
---@field sec integer
---@field usec integer
---@operator add(moonpool.Interval): moonpool.Timestamp
---@operator sub(moonpool.Interval): moonpool.Timestamp
---@operator sub(moonpool.Timestamp): moonpool.Interval
local Timestamp = {}

---@return number  seconds since 1970-01-01
function Timestamp:epoch() end

---@return moonpool.Date
function Timestamp:date() end

---@return string
function Timestamp:iso() end

---@return boolean  whether it is a timestamptz
function Timestamp:has_offset() end

---@class moonpool.Date
---@field year integer
---@field month integer
---@field day integer
---@operator add(integer): moonpool.Date
---@operator add(moonpool.Interval): moonpool.Timestamp
---@operator sub(integer): moonpool.Date
---@operator sub(moonpool.Interval): moonpool.Timestamp
---@operator sub(moonpool.Date): integer
local Date = {}

---@return number  seconds from 1970-01-01 to its midnight in UTC
function Date:epoch() end

---@return string
function Date:iso() end

---A time of day. `tostring` is ISO 8601.
---@class moonpool.Time
---@field hour integer  24 only in 24:00:00
---@field min integer
---@field sec integer
---@field usec integer
---@field offset? integer  seconds east of Greenwich, where it is a timetz
local Time = {}

---@return boolean  whether it is a timetz
function Time:has_offset() end

---@return string
function Time:iso() end

---A span of time. `tostring` is the server's IntervalStyle postgres.
---@class moonpool.Interval
---@field months integer
---@field days integer
---@field microseconds integer
---@operator add(moonpool.Interval): moonpool.Interval
---@operator sub(moonpool.Interval): moonpool.Interval
---@operator mul(integer): moonpool.Interval
---@operator unm: moonpool.Interval
local Interval = {}

---@return table<string, integer>  years months days hours minutes seconds microseconds
function Interval:parts() end

---@return boolean
function Interval:is_finite() end

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

---Rows as arrays, nil for NULL; `row.n` is how many columns there are, which pairs does not show.
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

---@class moonpool.DescribedColumn
---@field name string
---@field type string  "int4[]", "app.mood"; "???" for one that nobody knows
---@field oid integer

---@class moonpool.Description
---@field params string[]  types, by number
---@field columns moonpool.DescribedColumn[]

---@async
---@param sql string  it is not run
---@return moonpool.Description
function Executor:describe(sql) end

---@async
---@param sql string
---@return fun(): table? next, nil, nil, userdata stream  for a generic `for`, which closes it
function Executor:stream(sql, ...) end

---@async
---@param sql string
---@param params? table  a list, or a table of names
---@param options? { batch: integer, hold: boolean, scroll: boolean }
---@return moonpool.Cursor
function Executor:cursor(sql, params, options) end

---@async
---@param table_name string
---@param columns string[]?
---@param rows table[]|(fun(): table?)|nil
---@param options? { format: string, source: (fun(): string?), file: string, header: boolean, delimiter: string, null: string, quote: string, escape: string }
---@return integer count
function Executor:copy_in(table_name, columns, rows, options) end

---@async
---@param source string  a query, or a table's name
---@param options? { format: string, file: string, columns: string[], header: boolean, delimiter: string, null: string, quote: string, escape: string }
---@return (fun(): table|string|nil)|integer
function Executor:copy_out(source, options) end

---@async
---@param fn fun(tx: moonpool.Transaction): ...
---@param options? table
---@return any ...
function Executor:transaction(fn, options) end

---@async
---@param fn fun(p: moonpool.Pipeline)  records; nothing in it may wait
---@return table results  and `n`, how many
function Executor:pipeline(fn) end

---@async
---@param channel string
---@param payload? string
function Executor:notify(channel, payload) end

---@async
---@param key string|integer|integer[]
---@param options? { wait: number|false, try: boolean, shared: boolean }
---@return moonpool.Lock|boolean|nil  a transaction's lock is true, or false with `try`
function Executor:lock(key, options) end

---@async
---@param sql string|table  the statement, or options before it
---@return moonpool.Plan
function Executor:explain(sql, ...) end

---@async
---@param oid? integer  a new one without
---@param options? { mode: "r"|"w"|"rw" }
---@return moonpool.LargeObject
function Executor:large_object(oid, options) end

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

---@param name string
---@param given moonpool.CodecOptions
function Engine:codec(name, given) end

---@param name string
---@param encode? fun(value: any): string
---@param decode? fun(text: string): any
---@param is_binary boolean
function Engine:codec_set(name, encode, decode, is_binary) end

---@async
---@return { gid: string, at: moonpool.Timestamp, owner: string, database: string }[]
function Engine:prepared() end

---@async
---@param gid string
function Engine:commit_prepared(gid) end

---@async
---@param gid string
function Engine:rollback_prepared(gid) end

---@async
---@param channels string|string[]
---@param options? table
---@return moonpool.Subscription
function Engine:listen(channels, options) end

---@param event "notice"|"query"
---@param fn function
---@return table handler  its `close` ends that
function Engine:on(event, fn) end

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

---@return moonpool.Engine
function Connection:engine() end

function Connection:close() end

---@async
---@param sql string
---@return moonpool.CopyColumns  asked anew, without running it
function Connection:bulk_columns(sql) end

---@async
---@param sql string  one statement without parameters, not prepared
---@param is_binary boolean  how its rows travel
---@return table[]
function Connection:bulk_command(sql, is_binary) end

---@param sql string
---@param direction "in"|"out"
---@param columns moonpool.CopyColumns?  of rows; nil for ready bytes
---@param is_binary boolean
---@return moonpool.Copy
function Connection:copy_open(sql, direction, columns, is_binary) end

---@class moonpool.CopyColumns
local CopyColumns = {}

---@return { name: string, binary: boolean, parsed: boolean }[]
function CopyColumns:list() end

---@class moonpool.Copy
local Copy = {}

---@param row table
---@return boolean is_full  flush now
function Copy:add(row) end

---@param rows table[]
---@param first integer
---@return integer? next  the first row that was not added
function Copy:add_list(rows, first) end

---@param bytes string
---@return boolean is_full
function Copy:add_bytes(bytes) end

---@async
function Copy:flush() end

---@async
---@return integer count
function Copy:finish() end

---@async
---@return table?
function Copy:next() end

---@async
---@return string?
function Copy:read() end

---@return integer count
function Copy:rows() end

---@return integer? row, string? column  of the value that could not be encoded
function Copy:place() end

function Copy:close() end

---@class moonpool.Pool
local Pool = {}

---@return table<string, number>
function Pool:stats() end

return core
