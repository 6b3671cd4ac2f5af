-- Structured errors: made in one place, raised once, shown with a cause and a cure.
local caller = require "moonpool.errors.caller"
local hints = require "moonpool.errors.hints"
local render = require "moonpool.errors.render"
local traceback = require "moonpool.errors.traceback"

local errors = {}

---@class moonpool.Error
---@field kind string  the server's condition name, or one of Moonpool's own kinds
---@field message string
---@field sqlstate string?
---@field severity string?
---@field detail string?
---@field hint string  what to do about it
---@field position integer?  in `query`, 1-based, in characters
---@field schema string?
---@field table string?
---@field column string?
---@field constraint string?
---@field query string?  text only, never parameters
---@field retryable boolean?
---@field in_transaction boolean?
---@field xid string?  of a `commit_unknown`: the transaction's id
---@field committed boolean?  of a `hook_failed`: how the transaction itself ended
---@field cause any  of a `hook_failed`: what the function raised
---@field where string?  `file:line in function` of the caller's Lua
---@field traceback string
local Error = {}
errors.class = Error
Error.__index = Error
Error.__name = "mp.Error"
Error.__tostring = render

local TEXT_FIELDS = {
  "sqlstate", "severity", "detail", "schema", "table", "column", "constraint", "query",
}

local function as_text(value)
  if type(value) == "string" or value == nil then return value end
  local ok, shown = pcall(tostring, value)
  return ok and shown or type(value)
end

local function where_of(skip)
  local file, line, name = caller.find(skip)
  return file and ("%s:%d in %s"):format(file, line, name)
end

local function copy_of(given)
  local copy = {}
  for key, value in pairs(given) do copy[key] = value end
  for _, name in ipairs(TEXT_FIELDS) do copy[name] = as_text(copy[name]) end
  copy.level = nil
  return copy
end

-- To be called as the last act, so that the caller's frame is the next one.
local function complete(err, skip)
  err.kind = err.kind or "server_error"
  err.message = err.message or "no message"
  err.hint = err.hint or hints[err.kind] or hints.server_error
  err.where = err.where or where_of(skip)
  err.traceback = err.traceback or traceback(2)
  return setmetatable(err, Error)
end

---Make an error object; it is not raised. Never fails, whatever the fields hold.
---@param fields { kind: string, message: string, hint: string?, level: integer?, [string]: any }
---  `level`: so many of the caller's frames are passed over when naming the place
---@return moonpool.Error
function errors.new(fields)
  local given = type(fields) == "table" and fields or { message = fields }
  local err = copy_of(given)
  err.kind = as_text(err.kind)
  err.message = as_text(err.message)
  err.hint = as_text(err.hint)
  err.where = as_text(err.where)
  err.traceback = as_text(err.traceback)
  return complete(err, given.level)
end

---The core has a faster one.
---@param fn fun(level: integer): string
function errors.set_traceback(fn)
  traceback = fn
end

---@param fields table  as for `errors.new`
function errors.raise(fields)
  error(errors.new(fields), 0)
end

---Whether the value is a Moonpool error, and of this kind, SQLSTATE or SQLSTATE class.
---@param value any
---@param kind string?  `"unique_violation"`, `"23505"` or `"23"`
---@return boolean
function errors.is_error(value, kind)
  if getmetatable(value) ~= Error then return false end
  if kind == nil or value.kind == kind or value.sqlstate == kind then return true end
  return #kind == 2 and value.sqlstate ~= nil and value.sqlstate:sub(1, 2) == kind
end

---@param kind string
---@return boolean
function Error:is(kind)
  return errors.is_error(self, kind)
end

local function outcome(ok, ...)
  if ok then return ... end
  return nil, (...)
end

---Call the function: its results, or nil and what it raised.
---@async
---@param fn function
---@return any ...
function errors.try(fn, ...)
  return outcome(pcall(fn, ...))
end

return errors
