-- session.lua - what a session offers, for editors.
---@meta

---@class moonpool.SessionOptions
---@field autoflush boolean?
---@field read_only boolean?
---@field isolation ("read committed" | "repeatable read" | "serializable")?
---@field max_statements integer?
---@field actor string?

---@class moonpool.Session
local Session = {}

---@param object table
---@return table object
function Session:add(object) end

---@param list table[]
---@return table[] list
function Session:add_all(list) end

---@async
---@param object table
function Session:delete(object) end

---@async
---@param model moonpool.Model
---@param id any
---@param options? { lock: string?, nowait: boolean?, skip_locked: boolean? }
---@return table  raises not_found
function Session:get(model, id, options) end

---@async
---@param model moonpool.Model
---@param id any  a key, or a filter
---@param options? { lock: string?, nowait: boolean?, skip_locked: boolean? }
---@return table?
function Session:find(model, id, options) end

---@param model moonpool.Model
---@return moonpool.orm.Query
function Session:select(model) end

---@async
---@param object table | table[]
---@param what string | table
function Session:load(object, what) end

---@async
---@param object table
---@param options? { lock: string? }
---@return table object
function Session:refresh(object, options) end

---@param object table
---@param ... string  relations, deferred columns
---@return table object
function Session:expire(object, ...) end

---@param object table
---@return table object
function Session:expunge(object) end

function Session:expunge_all() end

---@async
---@param object table
---@return table  this session's own
function Session:merge(object) end

---@async
---@return integer rows
function Session:flush() end

---@async
function Session:commit() end

---@async
function Session:rollback() end

---@async
---@param options? { isolation: string, read_only: boolean, deferrable: boolean }
---@return moonpool.Session self
function Session:begin(options) end

---@async
---@return moonpool.orm.Nested
function Session:nested() end

---@return moonpool.orm.Plan
function Session:plan() end

---@async
---@param fn function
---@return any ...
function Session:no_autoflush(fn, ...) end

---@param event "before_flush" | "after_flush" | "before_commit" | "after_commit" | "after_rollback"
---@param fn fun(session: moonpool.Session)
function Session:on(event, fn) end

---@async
---@param model moonpool.Model
---@param rows table[]
---@param options? { key: (string | string[])?, update: (string[] | false)? }
---@return table[] objects
function Session:upsert(model, rows, options) end

---@async
---@param model moonpool.Model
---@param rows table[]
---@param options? { returning: boolean? }
---@return integer | table[]
function Session:bulk_insert(model, rows, options) end

---@async
---@param model moonpool.Model
---@param rows table[]
---@param options? { key: (string | string[])? }
---@return integer changed
function Session:bulk_update(model, rows, options) end

---@async
---@param model moonpool.Model
---@param filter table | moonpool.sql.Expression
---@param values table<string, any>
---@param options? { sync: "fetch" | "evaluate" | false }
---@return integer changed
function Session:update_where(model, filter, values, options) end

---@async
---@param model moonpool.Model
---@param filter table | moonpool.sql.Expression
---@param options? { sync: "fetch" | "evaluate" | false }
---@return integer deleted
function Session:delete_where(model, filter, options) end

function Session:close() end
