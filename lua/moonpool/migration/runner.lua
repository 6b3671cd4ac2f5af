-- `mp.migrations(db, options)`: brings a database up or down the graph, one runner at a time.
local errors = require "moonpool.errors"
local lazy = require "moonpool.util.lazy"
local options = require "moonpool.options"
local reading_ahead = require "moonpool.migration.reading_ahead"
local version_table = require "moonpool.migration.version_table"

-- Mostly there is nothing to do, and then few of these are needed; and while they are loaded the
-- server has something to do already.
local parts = lazy.fields({}, {
  apply = { "moonpool.migration.apply" },
  hazards = { "moonpool.migration.hazards" },
  lock = { "moonpool.migration.lock" },
  offline = { "moonpool.migration.offline" },
  path = { "moonpool.migration.path" },
  plan = { "moonpool.migration.plan" },
  script_directory = { "moonpool.migration.script_directory" },
  target = { "moonpool.migration.target" },
})

---@class moonpool.Migrations
---@field private db table  an engine
---@field private options table
---@field private known_files moonpool.ScriptDirectory?
local Migrations = {}
Migrations.__index = Migrations

---What `on_step` is told. "waiting" has pid and application_name of the lock's holder, the others
---what they are about, "statement" its sql.
---@class moonpool.migration.Step
---@field event "waiting" | "start" | "statement" | "done"
---@field direction "upgrade" | "downgrade" | nil
---@field revision string?
---@field message string?
---@field file string?
---@field sql string?
---@field pid integer?
---@field application_name string?

local runner = {}

-- How often others go first before a connection that was asked for is on its way.
local TURNS_TO_CONNECT = 2

local function steps_to(direction, graph, applied, goal)
  return parts.path[direction](graph, applied, goal)
end

local function applied_set(rows)
  local applied = {}
  for _, row in ipairs(rows) do applied[row.revision] = row end
  return applied
end

local function check_known(graph, directory, rows)
  local missing = {}
  for _, row in ipairs(rows) do
    if not graph:get(row.revision) then missing[#missing + 1] = row.revision end
  end
  if #missing == 0 then return end
  errors.raise {
    kind = "bad_config",
    message = ("the database has revision %s, which no file in %s defines"):format(
      table.concat(missing, ", "), directory.versions),
    hint = "restore the file, or use the project's version that the database was migrated with",
  }
end

local function as_step(one)
  local record = one.revision
  return { revision = record.revision, message = record.message, file = record.file }
end

local function described(plans)
  local steps = {}
  for index, one in ipairs(plans) do
    local step = as_step(one)
    step.statements = {}
    for number, statement in ipairs(one.statements) do step.statements[number] = statement.sql end
    step.hazards = parts.hazards.find { one }
    steps[index] = step
  end
  return steps
end

---@private
function Migrations:files()
  local read = self.options
  self.known_files = self.known_files or parts.script_directory.new {
    path = read.path, fs = read.fs, require = read.require, pause = read.pause,
  }
  return self.known_files
end

---@private
function Migrations:read_applied(db, graph)
  return self:known_applied(version_table.read(db), graph)
end

---@private
function Migrations:known_applied(rows, graph)
  check_known(graph, self:files(), rows)
  return applied_set(rows)
end

---@private
function Migrations:acquire_lock(conn)
  return parts.lock.acquire(conn, {
    wait = self.options.wait,
    sleep = self.options.sleep,
    shield = self.options.shield,
    on_wait = function(holder)
      self.options.on_step {
        event = "waiting",
        pid = holder.pid,
        application_name = holder.application_name,
      }
    end,
  })
end

-- What is applied is read while the files are. Who sees nothing to do needs no lock: it might as
-- well have come before whoever holds it.
---@private
function Migrations:run(text, direction)
  local reading <close> = reading_ahead.start(self.options.spawn, self.db)
  for _ = 1, TURNS_TO_CONNECT do self.options.pause() end
  local graph = self:files():graph()
  local goal = parts.target.read(graph, text, direction)
  local applied = self:known_applied(reading:await(), graph)
  if #steps_to(direction, graph, applied, goal) == 0 then return {} end
  return self:run_locked(graph, goal, direction)
end

-- The state is read again under the lock, so the loser of a race finds nothing to do. Every pending
-- migration is recorded, rendered and judged before the first one runs.
---@private
function Migrations:run_locked(graph, goal, direction)
  local conn <close> = self.db:connect()
  local _ <close> = self:acquire_lock(conn)
  local applied = self:read_applied(conn, graph)
  local plans = parts.plan.all(steps_to(direction, graph, applied, goal), direction)
  parts.hazards.refuse(parts.hazards.find(plans, self.options.allow))
  if #plans > 0 then version_table.ensure(conn) end
  local steps = {}
  for index, one in ipairs(plans) do
    parts.apply.run(conn, one, self.options)
    steps[index] = as_step(one)
  end
  return steps
end

---Apply what is missing up to a target. Each migration commits by itself: after a failure the
---earlier ones stay.
---@async
---@param to string  head, heads, +n, a revision or a unique prefix of one, REV+n, REV-n
---@return { revision: string, message: string?, file: string }[]  what was applied, in order
function Migrations:upgrade(to)
  return self:run(to, "upgrade")
end

---Take back what stands on a target.
---@async
---@param to string  base, -n, a revision or a unique prefix of one, REV+n, REV-n
---@return { revision: string, message: string?, file: string }[]  what was taken back, in order
function Migrations:downgrade(to)
  return self:run(to, "downgrade")
end

---What `upgrade` or `downgrade` would do now. Changes nothing and takes no lock.
---@async
---@param to string
---@param direction "upgrade" | "downgrade"
---@return table[]  `{ revision=, message=, file=, statements={sql}, hazards={Hazard} }`
function Migrations:plan(to, direction)
  local graph = self:files():graph()
  local goal = parts.target.read(graph, to, direction)
  local applied = self:read_applied(self.db, graph)
  return described(parts.plan.all(steps_to(direction, graph, applied, goal), direction))
end

---The database's own heads: applied revisions on which nothing applied stands.
---@async
---@return { revision: string, message: string?, file: string, applied_at: any, is_head: boolean }[]
function Migrations:current()
  local graph = self:files():graph()
  local applied = self:read_applied(self.db, graph)
  local list = {}
  for index, id in ipairs(graph:heads_of(applied)) do
    list[index] = as_step { revision = graph:get(id) }
    list[index].applied_at = applied[id].applied_at
    list[index].is_head = #graph:children(id) == 0
  end
  return list
end

---Every revision, parents first, and when it was applied.
---@async
---@return table[]  `{ revision=, message=, file=, parents={}, applied_at=, is_head= }`
function Migrations:history()
  local graph = self:files():graph()
  local applied = self:read_applied(self.db, graph)
  local list = {}
  for index, record in ipairs(graph:all()) do
    list[index] = as_step { revision = record }
    list[index].parents = graph:parents(record.revision)
    list[index].is_head = #graph:children(record.revision) == 0
    list[index].applied_at = applied[record.revision] and applied[record.revision].applied_at
  end
  return list
end

---Revisions without children; needs no database.
---@return { revision: string, message: string?, file: string }[]
function Migrations:heads()
  local graph = self:files():graph()
  local list = {}
  for index, id in ipairs(graph:heads()) do list[index] = as_step { revision = graph:get(id) } end
  return list
end

---The SQL script of a range, with the version rows; needs no database.
---@param range string  a target from the base, or `A:B`
---@param direction "upgrade" | "downgrade"
---@return string
function Migrations:sql(range, direction)
  return parts.offline.script(self:files():graph(), range, direction, self.options)
end

---Write a new migration file; needs no database.
---@param given { message: string, head: string?, splice: boolean?, time: integer? }
---@return { revision: string, file: string, parents: string[] }
function Migrations:revision(given)
  return self:files():create {
    message = given.message,
    head = given.head,
    splice = given.splice,
    time = given.time or os.time(),
  }
end

local function do_nothing() end

-- Where nothing runs beside something else it runs when its results are asked for.
local function run_later(fn)
  return { await = function() return fn() end, cancel = do_nothing }
end

local function call(fn)
  fn()
end

local ROWS = {
  { name = "path", kind = "string", default = "migrations", doc = "the directory above versions/" },
  { name = "lock_timeout", kind = "duration", default = 3,
    doc = "seconds that a statement waits for a table's lock" },
  { name = "wait", kind = "duration", default = 60,
    doc = "seconds to wait for the migration lock" },
  { name = "allow", kind = "table", default = {},
    doc = "hazard codes accepted for this run, or all" },
  { name = "on_step", kind = "function", default = do_nothing,
    doc = "called with a moonpool.migration.Step" },
  { name = "fs", kind = "table", required = true, doc = "list, read, write, make_directory" },
  { name = "sleep", kind = "function", required = true, doc = "waits some seconds" },
  { name = "spawn", kind = "function", default = run_later,
    doc = "starts its argument as a task" },
  { name = "pause", kind = "function", default = do_nothing, doc = "lets other tasks go first" },
  { name = "shield", kind = "function", default = call,
    doc = "calls its argument where the task's cancellation does not reach" },
  { name = "require", kind = "function", default = require,
    doc = "what migration files require with" },
}

---@param db table  an engine; nil is enough for what needs no database
---@param given table  options, see ROWS
---@return moonpool.Migrations
function runner.new(db, given)
  local read = options.read(ROWS, given, { kind = "bad_argument", what = "migrations" })
  return setmetatable({ db = db, options = read }, Migrations)
end

return runner
