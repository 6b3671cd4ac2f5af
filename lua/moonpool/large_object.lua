-- large_object.lua - large objects read and written in pieces, inside a transaction.
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local options = require "moonpool.options"

local large_object = {}

local CHUNK_BYTES = 1 << 20 -- per round trip
local READ, WRITE = 0x40000, 0x20000
local MODES = { r = READ, w = WRITE, rw = READ | WRITE }
local WHENCE = { set = 0, cur = 1, ["end"] = 2 }

local OPTIONS = {
  { name = "mode", kind = "choice", values = { "r", "w", "rw" }, default = "rw",
    doc = "what it is opened for" },
}

---@class moonpool.LargeObject
---@field oid integer
local LargeObject = {}
LargeObject.__index = LargeObject
LargeObject.__name = "moonpool.large_object"

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function check_open(self)
  if self.fd then return self.tx end
  refuse("this large object was closed", "open it again with tx:large_object(oid)")
end

local function check_count(what, value)
  if math.type(value) == "integer" and value >= 0 then return value end
  refuse(("%s must be an integer >= 0, got %s"):format(what, tostring(value)))
end

local function read_chunk(self, size)
  return self.tx:value("select pg_catalog.loread($1, $2)", self.fd, size)
end

---Read up to `size` bytes from the current position; all that is left when it is left out.
---@async
---@param size? integer
---@return string?  nil at the end (the empty string for all of nothing)
function LargeObject:read(size)
  check_open(self)
  local left = size == nil and math.maxinteger or check_count("the size to read", size)
  if left == 0 then return "" end
  local pieces = {}
  while left > 0 do
    local piece = read_chunk(self, math.min(left, CHUNK_BYTES))
    if piece == "" then break end
    pieces[#pieces + 1] = piece
    left = left - #piece
  end
  if #pieces == 0 and size ~= nil then return nil end
  return table.concat(pieces)
end

---A `for` iterator over pieces of at most `size` bytes, a megabyte when it is left out.
---@param size? integer
---@return fun(): string?
function LargeObject:chunks(size)
  check_open(self)
  local bytes = check_count("the size of a chunk", size or CHUNK_BYTES)
  if bytes == 0 then refuse "the size of a chunk must not be 0" end
  return function() return self:read(bytes) end
end

---Write at the current position.
---@async
---@param bytes string
---@return integer  how many were written
function LargeObject:write(bytes)
  local tx = check_open(self)
  if type(bytes) ~= "string" then refuse(("write takes a string, got %s"):format(type(bytes))) end
  for first = 1, #bytes, CHUNK_BYTES do
    tx:value("select pg_catalog.lowrite($1, $2)", self.fd,
      bytes:sub(first, first + CHUNK_BYTES - 1))
  end
  return #bytes
end

---Move, as Lua's `file:seek` does.
---@async
---@param whence? "set"|"cur"|"end"  "cur" when left out
---@param offset? integer  0 when left out
---@return integer  the position from the start
function LargeObject:seek(whence, offset)
  local tx = check_open(self)
  local origin = WHENCE[whence or "cur"]
  if not origin then
    refuse(('seek takes "set", "cur" or "end", got %s'):format(tostring(whence)))
  end
  return tx:value("select pg_catalog.lo_lseek64($1, $2, $3)", self.fd, offset or 0, origin)
end

---@async
---@return integer  the position from the start
function LargeObject:tell()
  return check_open(self):value("select pg_catalog.lo_tell64($1)", self.fd)
end

---Cut to, or fill with zeros up to `size` bytes; the position stays.
---@async
---@param size integer
function LargeObject:truncate(size)
  check_open(self):value("select pg_catalog.lo_truncate64($1, $2)", self.fd,
    check_count("the size", size))
end

-- Its own transaction ends with it.
local function finish(self, commits)
  self.fd = nil
  if not self.owns_transaction then return end
  if commits then return self.tx:commit() end
  self.tx:rollback()
end

---Close it; a transaction of its own commits.
---@async
function LargeObject:close()
  if not self.fd then return end
  if self.tx:is_open() then self.tx:value("select pg_catalog.lo_close($1)", self.fd) end
  finish(self, true)
end

---Close it and delete it.
---@async
function LargeObject:unlink()
  local tx = check_open(self)
  tx:value("select pg_catalog.lo_close($1)", self.fd)
  tx:value("select pg_catalog.lo_unlink($1)", self.oid)
  finish(self, true)
end

-- Leaving a block by an error undoes what a transaction of its own did.
function LargeObject:__close(err)
  if not self.fd then return end
  if err == nil and driver.can_wait() then return self:close() end
  self.fd = nil
  if self.owns_transaction then getmetatable(self.tx).__close(self.tx, err) end
end

function LargeObject:__tostring()
  return ("large_object(%d, %s)"):format(self.oid, self.fd and "open" or "closed")
end

local function check_oid(oid)
  if oid == nil then return end
  if math.type(oid) == "integer" and oid > 0 and oid < 1 << 32 then return end
  refuse(("a large object is named by its oid, got %s"):format(tostring(oid)),
    "leave it out to create one")
end

local function open(tx, oid, settings, owns_transaction)
  oid = oid or tx:value "select pg_catalog.lo_create(0)"
  local fd = tx:value("select pg_catalog.lo_open($1, $2)", oid, MODES[settings.mode])
  return setmetatable({ tx = tx, oid = oid, fd = fd, owns_transaction = owns_transaction },
    LargeObject)
end

local function read(given)
  return options.read(OPTIONS, given, { kind = "bad_argument", what = "large_object" })
end

---Open a large object until the transaction ends; without an oid a new one.
---@async
---@param tx moonpool.Transaction
---@param oid? integer
---@param given? { mode: "r"|"w"|"rw" }
---@return moonpool.LargeObject
function large_object.in_transaction(tx, oid, given)
  check_oid(oid)
  return open(tx, oid, read(given), false)
end

---The same in a transaction of its own, which `close` commits.
---@async
---@param target moonpool.Engine|moonpool.Connection
---@return moonpool.LargeObject
function large_object.on_its_own(target, oid, given)
  check_oid(oid)
  local settings = read(given)
  local tx = target:begin()
  local ok, object = pcall(open, tx, oid, settings, true)
  if ok then return object end
  tx:rollback()
  error(object, 0)
end

return large_object
