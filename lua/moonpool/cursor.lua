-- cursor.lua - server-side cursors: rows fetched in batches, other statements in between.
local cleanup = require "moonpool.cleanup"
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local observation = require "moonpool.observation"
local options = require "moonpool.options"

local cursor = {}

local OPTIONS = {
  { name = "batch", kind = "integer", default = 1000, min = 1, max = 1000000,
    doc = "rows that `each` fetches at once" },
  { name = "hold", kind = "boolean", default = false,
    doc = "outlives its transaction; for connections" },
  { name = "scroll", kind = "boolean", default = false, doc = "may move backwards" },
}

---@class moonpool.Cursor
local Cursor = {}
Cursor.__index = Cursor
Cursor.__name = "moonpool.cursor"

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

-- Names are used again, so that the texts of a connection's cursors stay few.
local names_of = setmetatable({}, { __mode = "k" })

local function take_name(connection)
  local used = names_of[connection] or {}
  names_of[connection] = used
  local number = 1
  while used[number] do number = number + 1 end
  used[number] = true
  return number, "mp_cursor_" .. number
end

local function give_name(connection, number)
  names_of[connection][number] = nil
end

local function unpack_params(params)
  if params == nil then return 0 end
  if type(params) ~= "table" then
    refuse(("the parameters of a cursor are one table, got %s"):format(type(params)),
      "write db:cursor(sql, { 1, 2 }, { batch = 1000 })")
  end
  if math.type(next(params)) == "integer" then
    local count = params.n or #params
    return count, table.unpack(params, 1, count)
  end
  if next(params) == nil then return 0 end
  return 1, params
end

local function execute(connection, sql, count, ...)
  return connection:exec(sql, table.unpack({ ... }, 1, count))
end

local function declare(connection, name, sql, params, settings)
  local text = ("declare %s %s cursor %s hold for %s"):format(name,
    settings.scroll and "scroll" or "no scroll", settings.hold and "with" or "without", sql)
  execute(connection, text, unpack_params(params))
end

local function check_place(connection, settings)
  if connection:depth() > 0 or settings.hold then return end
  refuse("a cursor lives in a transaction, and none is open on this connection",
    "begin one, or give hold = true")
end

local function read(given)
  return options.read(OPTIONS, given, { kind = "bad_argument", what = "cursor" })
end

local function forget(self)
  self.state = "closed"
  give_name(self.connection, self.number)
end

local function open(connection, sql, params, settings, owned)
  if type(sql) ~= "string" then
    refuse(("the SQL text must be a string, got %s"):format(type(sql)), "give the query's text")
  end
  check_place(connection, settings)
  local number, name = take_name(connection)
  local self = setmetatable({ connection = connection, number = number, name = name,
    batch = settings.batch, owned = owned, state = "open" }, Cursor)
  local ok, err = pcall(function()
    declare(connection, name, sql, params, settings)
    -- Its :names have become $n, so that the cursor itself is asked.
    self.columns = connection:bulk_columns("fetch 1 from " .. name)
  end)
  if ok then return self end
  forget(self)
  error(err, 0)
end

local function check_open(self)
  if self.state == "open" then return self.connection end
  refuse("the cursor is closed", "open another one")
end

local function fetch(self, count)
  local connection, since = self.connection, driver.system.hrtime()
  local sql = ("fetch forward %d from %s"):format(count, self.name)
  local ok, rows = pcall(connection.bulk_command, connection, sql, self.columns)
  observation.tell(connection, sql, since, { error = not ok and rows or nil,
    rows = ok and #rows or 0 })
  if not ok then error(rows, 0) end
  return rows
end

local function outcome(ok, ...)
  if not ok then error((...), 0) end
  return ...
end

local function forget_ahead(self, ...)
  self.ahead = nil
  return ...
end

-- The batch that was asked for ahead, waited for at last. A wait that is given up leaves it there,
-- for closing to cancel.
local function take_ahead(self)
  local task = self.ahead
  if task then return outcome(forget_ahead(self, task:await())) end
end

-- A failure is raised where its rows are asked for.
local function fetch_ahead(self)
  self.ahead = driver.spawn(pcall, fetch, self, self.batch)
end

-- Rows that came ahead of `each` and were not given yet.
local function check_unread(self)
  if self.ahead or self.rows then
    refuse("the cursor is being read by each", "end that loop first, or use another cursor")
  end
end

---The next `count` rows; fewer at the end.
---@async
---@param count? integer  the batch when left out
---@return table[]
function Cursor:fetch(count)
  check_open(self)
  check_unread(self)
  local wanted = count or self.batch
  if math.type(wanted) ~= "integer" then refuse("fetch takes a number of rows",
    "give an integer") end
  return fetch(self, wanted)
end

---Move without fetching; backwards for a negative count, where the cursor scrolls.
---@async
---@param count integer
function Cursor:move(count)
  local connection = check_open(self)
  check_unread(self)
  if math.type(count) ~= "integer" then refuse("move takes a number of rows", "give an integer") end
  connection:bulk_command(("move forward %d from %s"):format(count, self.name))
end

local function next_batch(self)
  local rows = take_ahead(self) or fetch(self, self.batch)
  if #rows == self.batch then fetch_ahead(self) end
  return rows
end

---For a generic `for`: the rows from here to the end. The next batch is on its way while the loop
---works on this one.
---@async
---@return fun(): table?
function Cursor:each()
  check_open(self)
  check_unread(self)
  local at = 0
  return function()
    if self.rows == false then return nil end
    at = at + 1
    local row = self.rows and self.rows[at]
    if row then return row end
    check_open(self)
    if self.rows and #self.rows < self.batch then
      self.rows = false
      return nil
    end
    self.rows, at = next_batch(self), 1
    return self.rows[1]
  end
end

local function give_up_ahead(self)
  local task = self.ahead
  self.ahead = nil
  if not task then return end
  task:cancel()
  task:join()
end

-- A transaction that has failed or ended has closed it already.
local function close_on_server(self)
  if self.owned then return self.owned:rollback() end
  if not self.connection:is_alive() then return end
  pcall(self.connection.bulk_command, self.connection, "close " .. self.name)
end

---@async
function Cursor:close()
  if self.state == "closed" then return end
  give_up_ahead(self)
  forget(self)
  close_on_server(self)
end

function Cursor:__close(err)
  if self.state == "closed" then return end
  if driver.can_wait() then
    cleanup.run(cleanup.is_interruption(err), self.close, self)
    return
  end
  if self.ahead then self.ahead:cancel() end
  forget(self)
  if self.owned then self.owned.connection:close() end
end

function Cursor:__tostring()
  return ("cursor(%s, %s)"):format(self.name, self.state)
end

---Open a cursor on a connection, in its transaction or (`hold`) beyond.
---@async
---@param connection moonpool.Connection
---@param sql string
---@param params? table  a list, or a table of names
---@param given? { batch: integer, hold: boolean, scroll: boolean }
---@return moonpool.Cursor
function cursor.on_connection(connection, sql, params, given)
  return open(connection, sql, params, read(given))
end

---Open one in a read only transaction of its own, on a connection of its own, until it is closed.
---@async
---@return moonpool.Cursor
function cursor.on_engine(engine, sql, params, given)
  local settings = read(given)
  if settings.hold then
    refuse("a cursor of the engine has a transaction of its own", "leave hold out")
  end
  local tx = engine:begin { read_only = true }
  local ok, made = pcall(open, tx.connection, sql, params, settings, tx)
  if ok then return made end
  tx:rollback()
  error(made, 0)
end

return cursor
