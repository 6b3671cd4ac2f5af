-- pipeline.lua - statements recorded by a function, sent in one round trip, all or nothing.
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local observation = require "moonpool.observation"
local resolve = require "moonpool.resolve"

local pipeline = {}

---@class moonpool.Pipeline
local Pipeline = {}
Pipeline.__index = Pipeline
Pipeline.__name = "moonpool.pipeline"

for _, method in ipairs { "query", "one", "get", "value", "column", "tuples", "exec", "many",
  "result" } do
  Pipeline[method] = function(self, sql, ...)
    local entries = self.entries
    if not entries then
      errors.raise {
        kind = "bad_argument",
        message = "this pipeline has been sent",
        hint = "record in the function that is given to pipeline",
      }
    end
    entries[#entries + 1] = { method = method, sql = sql, n = select("#", ...), ... }
  end
end

function Pipeline:__tostring()
  return ("pipeline(%s)"):format(self.entries and #self.entries .. " recorded" or "sent")
end

-- What an error of one entry is about, and whether all of them took effect all the same; of one
-- that leaves a doubt, whom to ask.
local function place(err, entries, target)
  if not errors.is_error(err) then return err end
  if err.kind == "commit_unknown" then
    resolve.remember(err, target.engine and target:engine() or target)
  end
  err.index = err.index or entries.at
  if err.index then
    err.message = ("%s (statement %d of the pipeline%s)"):format(err.message, err.index,
      entries.is_done and "; all of them were executed" or "")
  end
  return err
end

local function record(fn)
  if type(fn) ~= "function" then
    errors.raise {
      kind = "bad_argument",
      message = ("pipeline takes a function, got %s"):format(type(fn)),
      hint = "write db:pipeline(function(p) ... end)",
    }
  end
  local recorder = setmetatable({ entries = {} }, Pipeline)
  driver.call_without_waiting(fn, recorder)
  local entries = recorder.entries
  recorder.entries = nil
  return entries
end

local function text_of(entries)
  local texts = {}
  for i, entry in ipairs(entries) do texts[i] = tostring(entry.sql) end
  return table.concat(texts, ";\n")
end

local function params_of(entries)
  local params = { n = 0 }
  for _, entry in ipairs(entries) do
    table.move(entry, 1, entry.n, params.n + 1, params)
    params.n = params.n + entry.n
  end
  return params
end

-- Long texts are put together only where somebody hears of them.
local function tell(target, entries, since, err)
  if not observation.hears(target) then return end
  observation.tell(target, text_of(entries), since, { error = err, rows = entries.rows,
    statements = #entries,
    queue = entries.queue, server = entries.server, network = entries.network,
    params = params_of(entries) })
end

---Statements in one round trip, told to whoever observes; see `run_group`.
---@async
---@param target moonpool.Executor
---@param entries table[]
---@param scope moonpool.GroupScope?
---@return table answers
function pipeline.send(target, entries, scope)
  local since = driver.system.hrtime()
  local ok, answer = pcall(target.run_group, target, entries, scope)
  tell(target, entries, since, not ok and answer or nil)
  if ok then return answer end
  error(answer, 0)
end

---Record statements in `fn(p)`, whose methods only record; then send all of them in one round
---trip. Outside a transaction they are one of their own; inside one they are part of it.
---@async
---@param target moonpool.Executor
---@param fn fun(p: moonpool.Pipeline)
---@return table results  `results[i]` is what the method of the target would have given; `n` counts
function pipeline.run(target, fn)
  local entries = record(fn)
  if #entries == 0 then return { n = 0 } end
  local since = driver.system.hrtime()
  local ok, answer = pcall(target.run_group, target, entries)
  local err = not ok and place(answer, entries, target) or nil
  tell(target, entries, since, err)
  if ok then return answer end
  error(err, 0)
end

return pipeline
