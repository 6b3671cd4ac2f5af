-- connection.lua - what a pinned connection offers beside, and a COPY on it, for editors.
---@meta

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
