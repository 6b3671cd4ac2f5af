-- executor.lua - what engines, connections and transactions have in common, for editors.
---@meta

---@class moonpool.Executor
local Executor = {}

---@class moonpool.Rows
---@field count integer  of rows; of those affected where there are none
---@field command string  as the server tells it: "SELECT 1"
---@field columns { name: string, type: string, oid: integer }[]
---@field index_by fun(self: moonpool.Rows, name: string): table<any, table>
---@field as fun(self: moonpool.Rows, model: moonpool.Model): table[]

---@async
---@param sql string
---@return moonpool.Rows rows
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

---The answer as it came, decoded when it is asked for: what sessions load objects from.
---@async
---@param sql string
---@return moonpool.Result
function Executor:result(sql, ...) end

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

---@class moonpool.GroupScope
---@field begin true|"savepoint"|nil  a transaction where none is open, or a savepoint in one
---@field finish true|"commit"|"release"|nil  true: what the group begins, or else what is innermost
---@field isolation string?  of the transaction that it begins, as read_only and deferrable
---@field read_only boolean?
---@field deferrable boolean?
---@field label string?  where it begins, "file:line"

---Statements in one round trip, as pipeline records them: { method =, sql =, n =, values... }. Outside
---a transaction they are one; inside one they are part of it, unless a scope says otherwise: then
---what the group has begun is undone when it fails, and the transaction around a savepoint goes on.
---On an engine a scope is a whole transaction's. A `commit_unknown` is yours to remember for resolve.
---@async
---@param entries table[]  and, for whoever reads it, `at`: which one an error is about
---@param scope? moonpool.GroupScope
---@return table answers  and `n`, how many
function Executor:run_group(entries, scope) end

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
