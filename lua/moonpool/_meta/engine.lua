-- engine.lua - what an engine and its pool offer beside, for editors.
---@meta

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

---@return integer  how many events were not told, because too many waited
function Engine:events_left_out() end

---@async
---@return moonpool.Connection
function Engine:connect() end

---@param options? moonpool.SessionOptions
---@return moonpool.Session
function Engine:session(options) end

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

---@class moonpool.Pool
local Pool = {}

---@return table<string, number>
function Pool:stats() end
