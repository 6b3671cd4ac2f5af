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

---What its `__index` has, results that are sequences of rows have, too.
---@param class table
function core.set_rows_class(class) end

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

---@param entries table<table, any>  objects; those whose entry is a row, an integer, are compared
---  with it by `result` and `names` of their metatable; those whose entry is a table with that
---@param batches { siblings: table[] }[]?  lists of more objects, those without an entry compared
---  with the row that their place is
---@return table[] changed  differ from their row, in the order of their loading, or from their table
---@return table[] holding  have a field that is no column of their row
---@return table[] copied  may differ from their table in what is not plain
---@return table[] snapshots  the rows, or tables, of the changed ones
---@return string[][] changes  the names of what has changed; several may share a list
function core.find_changed(entries, batches) end

---moonpool.orm.objects in C.
---@class moonpool.core.objects
core.objects = {}

---@param list integer
---@param hash integer
---@return table  an empty one with room for so many values
function core.objects.room(list, hash) end

---@param map table<any, any>
---@param keys any[]
---@return table[]?  the value of each key; nil where one of them is no table
function core.objects.tables_of(map, keys) end

---@param object table
---@param names string[]
---@return table | false  those fields of it; false where one is a table or NULL
function core.objects.copy(object, names) end

---@param objects table[]
---@return table?  the metatable that all of them have
function core.objects.metatable(objects) end

---@param objects table[]
---@param names string[]
---@return (table|false)[]  those fields of each; false where one of them is a table or NULL
function core.objects.copies(objects, names) end

---@param objects table[]
---@param columns table<string, any>
---@return table[]  those with a field that is no key of `columns`
function core.objects.holding(objects, columns) end

---@param objects table[]
---@param names string[]
---@return moonpool.orm.Summary[]  of each name
function core.objects.survey(objects, names) end

---A result that stays whole; `#` counts its rows. `<close>` releases it.
---@class moonpool.Result
local Result = {}

---@return string[]
function Result:names() end

---@return table[] rows  as query gives them
function Result:rows() end

---@return any[][] rows  as tuples gives them
function Result:tuples() end

---@param at integer
---@return any[] values  one for each row, mp.null for NULL
function Result:column(at) end

---Rows as objects: one whose key `identity` has is taken as it is, every other one is new, with its
---fields (absent for NULL) and the metatable, and joins `identity` and, by its row, `entries`.
---@param options { first: integer?, count: integer?, names: (string|false)[], metatable: table?, key: integer[]?, identity: table?, entries: table? }
---  names: of the fields, by column; key: the columns of the primary key
---@return (table|false)[] objects  in the rows' order, false where the key has a NULL
---@return table[] present  another list, without those
function Result:load(options) end

---@param row integer
---@param object table
---@param names (string|false)[]
---@return string[]? changed  fields whose value is another than the row's; NULL is nil or mp.null
function Result:changes(row, object, names) end

---@param row integer
---@param names (string|false)[]
---@return table fields  as they were loaded
function Result:snapshot(row, names) end

---Let go of its memory now; nothing can be read from it any more.
function Result:release() end

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
