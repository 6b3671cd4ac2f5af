-- A stand-in for a database under migration: version rows, one advisory lock, transactions, a log.
local errors = require "moonpool.errors"

local Database = {}
Database.__index = Database

local migration_database = {}

local function copy(rows)
  local result = {}
  for index, row in ipairs(rows) do result[index] = row end
  return result
end

-- Answers by what a statement is about; each sees the database and the statement.
local ANSWERS = {
  { "to_regclass", function(db) return db.has_table end },
  { "pg_try_advisory_lock", function(db)
    db.tries = db.tries + 1
    if db.tries <= db.busy_tries then return false end
    if db.on_locked then db.on_locked(db) end
    db.is_locked = true
    return true
  end },
  { "pg_advisory_unlock", function(db)
    db.is_locked = false
    return true
  end },
  { "pg_locks", function(db) return db.holder end },
  { "from moonpool.version\norder", function(db) return copy(db.rows) end },
  { "insert into moonpool.version", function(db, sql)
    local revision, message = sql:match "values %('(.-)', '(.-)'%)"
    db.rows[#db.rows + 1] = { revision = revision, message = message, applied_at = #db.rows + 1 }
  end },
  { "delete from moonpool.version", function(db, sql)
    local revision = sql:match "revision = '(.-)'"
    for index, row in ipairs(db.rows) do
      if row.revision == revision then return table.remove(db.rows, index) end
    end
  end },
  { "create table if not exists moonpool.version", function(db) db.has_table = true end },
}

function Database:run(sql)
  self.log[#self.log + 1] = sql
  if self.failing and sql:find(self.failing, 1, true) then
    errors.raise {
      kind = "duplicate_table", sqlstate = "42P07", message = "it exists", query = sql,
    }
  end
  for _, answer in ipairs(ANSWERS) do
    if sql:find(answer[1], 1, true) then return answer[2](self, sql) end
  end
end

Database.value, Database.one, Database.query = Database.run, Database.run, Database.run
Database.exec, Database.script = Database.run, Database.run

function Database:transaction(fn)
  local rows, has_table = copy(self.rows), self.has_table
  self.log[#self.log + 1] = "begin"
  local ok, err = pcall(fn, self)
  if ok then ok, err = pcall(self.run, self, "commit") end
  if ok then return end
  self.rows, self.has_table = rows, has_table
  self.log[#self.log + 1] = "rollback"
  error(err, 0)
end

---The database itself stands for its pinned connection.
function Database:connect()
  self.connections = self.connections + 1
  local conn = { close = function() self.connections = self.connections - 1 end }
  return setmetatable(conn, {
    __close = conn.close,
    __index = function(_, name)
      return function(_, ...) return self[name](self, ...) end
    end,
  })
end

---The log without what every run does: the lock, the version table's questions.
function Database:statements()
  local list = {}
  for _, sql in ipairs(self.log) do
    if not sql:find("pg_", 1, true) and not sql:find("from moonpool.version\n", 1, true) then
      list[#list + 1] = sql
    end
  end
  return list
end

---@param given table?  `rows`, `has_table`, `busy_tries`, `holder`, `failing` (text of a statement
--- that fails), `on_locked`
function migration_database.new(given)
  local db = { log = {}, rows = {}, has_table = true, tries = 0, busy_tries = 0, connections = 0 }
  for key, value in pairs(given or {}) do db[key] = value end
  return setmetatable(db, Database)
end

---@param ids string[]
---@return table[]  version rows
function migration_database.rows(ids)
  local rows = {}
  for index, id in ipairs(ids) do
    rows[index] = { revision = id, message = "", applied_at = index }
  end
  return rows
end

return migration_database
