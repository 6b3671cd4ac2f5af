-- How many statements a session may send: the one that repeats is named, with its place in Lua.
local caller = require "moonpool.errors.caller"
local errors = require "moonpool.errors"

local budget = {}

---@class moonpool.orm.Budget
---@field max integer
---@field sent integer
---@field counts table<string, { count: integer, sql: string, where: string? }>
local Budget = {}
Budget.__index = Budget

local MAX_SHOWN = 200 -- bytes of a text

local function place()
  local file, line = caller.find()
  return file and ("%s:%d"):format(file, line)
end

local function most_frequent(self)
  local most
  for _, each in pairs(self.counts) do
    local is_more = not most or each.count > most.count
      or each.count == most.count and each.sql < most.sql
    if is_more then most = each end
  end
  return most
end

local function shown(sql)
  return #sql > MAX_SHOWN and sql:sub(1, MAX_SHOWN) .. "..." or sql
end

local function refuse(self)
  local most = most_frequent(self)
  local at = most.where and " at " .. most.where or ""
  local repeats = most.count > 1 and ("; %d of them were the same%s: %s"):format(most.count, at,
    shown(most.sql)) or ""
  errors.raise { kind = "bad_argument", query = most.sql,
    message = ("the session may send %d statements, and this is one more%s"):format(self.max,
      repeats),
    hint = most.count > 1 and "load it once for all: :with { ... } on the select, or :load on one"
      .. " of its rows" or "raise max_statements, or read more with one statement" }
end

---A statement is about to be sent; raises `bad_argument` where it is one too many.
---@param sql string
function Budget:spend(sql)
  local where = place()
  local key = (where or "") .. "\0" .. sql
  local known = self.counts[key] or { count = 0, sql = sql, where = where }
  known.count, self.counts[key] = known.count + 1, known
  self.sent = self.sent + 1
  if self.sent > self.max then refuse(self) end
end

---@param max integer
---@return moonpool.orm.Budget
function budget.new(max)
  return setmetatable({ max = max, sent = 0, counts = {} }, Budget)
end

return budget
