-- task.lua - tasks: spawned, awaited together, bounded by deadlines, shielded from cancellation.
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local options = require "moonpool.options"

local task = {
  spawn = driver.spawn,
  sleep = driver.sleep,
  shield = driver.shield,
}

local MAP_OPTIONS = {
  { name = "limit", kind = "integer", min = 1, doc = "how many run at once; all when left out" },
}

local function check_function(fn, message, hint)
  if type(fn) == "function" then return end
  errors.raise { kind = "bad_argument", message = message:format(type(fn)), hint = hint }
end

---Run `fn(...)` as a task and wait until it has returned: the loop of a plain Lua program.
---@async
---@param main function
---@return any ...  what main returned; its error is raised
function task.run(main, ...)
  return driver.spawn(main, ...):await()
end

---Call `fn(...)`; when `seconds` are over its waits raise `timeout`: the server is told to stop.
---@async
---@param seconds number|false  false: no bound
---@param fn function
---@return any ...
function task.deadline(seconds, fn, ...)
  if seconds == false then
    check_function(fn, "deadline expects a function, got %s", "write mp.deadline(1, fn, ...)")
    return fn(...)
  end
  return driver.deadline(seconds, fn, ...)
end

-- Tasks that live and die together: leaving the group's block cancels what still runs and waits
-- for its end.
local Group = {}
Group.__index = Group

function Group:cancel()
  for _, child in ipairs(self.tasks) do
    child:cancel()
  end
end

local function join_all(tasks)
  for _, child in ipairs(tasks) do
    child:join()
  end
end

function Group:__close()
  if self.is_over then return end
  self:cancel()
  driver.shield(join_all, self.tasks)
end

-- A child's failure cancels its siblings at once, not only when its turn to be awaited comes.
local Sentinel = {}

function Sentinel:__close(err)
  local group = self.group
  if err == nil or group.is_failing then return end
  group.is_failing, group.first_error = true, err
  group:cancel()
end

local function run_child(group, fn, ...)
  local _ <close> = setmetatable({ group = group }, Sentinel)
  return (fn(...))
end

local function new_group()
  return setmetatable({ tasks = {} }, Group)
end

function Group:spawn(fn, ...)
  self.tasks[#self.tasks + 1] = driver.spawn(run_child, self, fn, ...)
end

-- First results of all tasks, in their order; raises the first error when all have ended.
function Group:await()
  local results = { n = #self.tasks }
  for i, child in ipairs(self.tasks) do
    local ok, err = child:join()
    if ok then
      results[i] = child:await()
    elseif not self.is_failing then
      self.is_failing, self.first_error = true, err
      self:cancel()
    end
  end
  self.is_over = true
  if self.is_failing then error(self.first_error, 0) end
  return results
end

---Run the functions as tasks and wait for all of them. The first error cancels the others, and is
---raised when they have ended.
---@async
---@param ... function
---@return any ...  the first result of each
function task.all(...)
  for i = 1, select("#", ...) do
    check_function((select(i, ...)), ("all takes functions; argument %d is a %%s"):format(i),
      "write mp.all(f, g), without calling them")
  end
  local group <close> = new_group()
  for i = 1, select("#", ...) do
    group:spawn((select(i, ...)))
  end
  local results = group:await()
  return table.unpack(results, 1, results.n)
end

local function work(list, fn, results, cursor)
  while cursor.at < cursor.last do
    local i = cursor.at + 1
    cursor.at = i
    results[i] = fn(list[i])
  end
end

---Call `fn(item)` for each item of a list, in tasks.
---@async
---@param list any[]
---@param fn fun(item: any): any
---@param given? { limit: integer }
---@return any[] results  in the order of the list
function task.map(list, fn, given)
  if type(list) ~= "table" or type(fn) ~= "function" then
    errors.raise {
      kind = "bad_argument",
      message = ("map takes a list and a function, got %s and %s"):format(type(list), type(fn)),
      hint = "write mp.map(list, function(item) ... end, { limit = 8 })",
    }
  end
  local limit = options.read(MAP_OPTIONS, given, { kind = "bad_argument", what = "map" }).limit
  local results, cursor = {}, { at = 0, last = #list }
  local group <close> = new_group()
  for _ = 1, math.min(limit or #list, #list) do
    group:spawn(work, list, fn, results, cursor)
  end
  group:await()
  return results
end

return task
