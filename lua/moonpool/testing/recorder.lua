-- An executor for specs: records the statements it is given and answers as scripted.
local recorder = {}

---@class moonpool.testing.Recorder
---@field statements { sql: string, params: table, method: string }[]
local Recorder = {}
Recorder.__index = Recorder

-- What each method gives when nothing is scripted.
local EMPTY = {
  query = function() return {} end, column = function() return {} end,
  tuples = function() return {} end, many = function() return {} end,
  exec = function() return 0 end, one = function() end, get = function() end,
  value = function() end, script = function() end,
}

local function answer_of(self, sql)
  for _, rule in ipairs(self.rules) do
    if sql:find(rule.pattern) then return rule, rule.answer end
  end
  return nil, table.remove(self.answers, 1)
end

local function run(self, method, sql, ...)
  local params = table.pack(...)
  self.statements[#self.statements + 1] = { sql = sql, params = params, method = method }
  local rule, answer = answer_of(self, sql)
  if type(answer) == "function" then return answer(table.unpack(params, 1, params.n)) end
  if type(answer) == "table" and answer.raise then error(answer.raise, 0) end
  if rule or answer ~= nil then return answer end
  return EMPTY[method]()
end

for method in pairs(EMPTY) do
  Recorder[method] = function(self, sql, ...) return run(self, method, sql, ...) end
end

---Answers for the next statements, in order; `{ raise = err }` raises, a function is called with
---the parameters.
---@return moonpool.testing.Recorder self
function Recorder:answer(...)
  for _, value in ipairs { ... } do self.answers[#self.answers + 1] = value end
  return self
end

---The answer for every statement that a Lua pattern finds something in.
---@return moonpool.testing.Recorder self
function Recorder:on(pattern, value)
  self.rules[#self.rules + 1] = { pattern = pattern, answer = value }
  return self
end

local function note(self, sql)
  self.statements[#self.statements + 1] = { sql = sql, params = { n = 0 }, method = "transaction" }
end

local function finish(self, ok, ...)
  note(self, ok and "commit" or "rollback")
  if not ok then error((...), 0) end
  return ...
end

---Runs the function with the recorder itself, between `begin` and `commit` or `rollback`.
function Recorder:transaction(fn)
  note(self, "begin")
  return finish(self, pcall(fn, self))
end

---@return string[]  the texts alone
function Recorder:texts()
  local texts = {}
  for at, statement in ipairs(self.statements) do texts[at] = statement.sql end
  return texts
end

---@return { sql: string, params: table, method: string }?
function Recorder:last()
  return self.statements[#self.statements]
end

---@return moonpool.testing.Recorder
function recorder.new()
  return setmetatable({ statements = {}, answers = {}, rules = {} }, Recorder)
end

return recorder
