-- Raw SQL with bound parameters: `fragment("lower(?)", x)` is an expression like any other.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"

local fragment = {}

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

-- Comments nest.
local function block_comment(sql, at)
  local depth, from = 0, at
  repeat
    local open, close = sql:find("/*", from, true), sql:find("*/", from, true)
    if not close then return #sql - at + 1 end
    if open and open < close then
      depth, from = depth + 1, open + 2
    else
      depth, from = depth - 1, close + 2
    end
  until depth == 0
  return from - at
end

local function match_length(pattern)
  return function(sql, at)
    local found = sql:match(pattern, at)
    return found and #found
  end
end

-- A backslash hides what follows it only in E'...'.
local function string_length(sql, at)
  local is_escaped = sql:sub(math.max(1, at - 1), at - 1):find "[eE]"
    and not sql:sub(math.max(1, at - 2), at - 2):find "[%w_]"
  local from = at + 1
  while from <= #sql do
    local byte = sql:sub(from, from)
    if byte == "'" then return from - at + 1 end
    from = from + (is_escaped and byte == "\\" and 2 or 1)
  end
end

local function dollar_length(sql, at)
  local tag = sql:match("^%$[%a_\x80-\xff]?[%w_\x80-\xff]*%$", at)
  local before = sql:sub(math.max(1, at - 1), at - 1)
  if not tag or at > 1 and before:find "[%w_]" then return nil end
  local _, stop = sql:find(tag, at + #tag, true)
  return stop and stop - at + 1
end

-- What a question mark inside is no placeholder of; a comment ends at its line.
local SKIPPED = { ["'"] = string_length, ['"'] = match_length '^"[^"]*"',
  ["-"] = match_length "^%-%-[^\n]*", ["$"] = dollar_length,
  ["/"] = function(sql, at) return sql:find("^/%*", at) and block_comment(sql, at) end }

-- The next question mark from there, none of those in quotes and comments.
local function next_mark(sql, at)
  while true do
    at = sql:find("[?'\"/$-]", at)
    if not at then return nil end
    local byte = sql:sub(at, at)
    if byte == "?" then return at end
    at = at + (SKIPPED[byte](sql, at) or 1)
  end
end

-- The texts between placeholders; `??` is a question mark.
local function split(sql)
  local texts, current, from = {}, "", 1
  local at = next_mark(sql, 1)
  while at do
    local is_doubled = sql:sub(at + 1, at + 1) == "?"
    current = current .. sql:sub(from, is_doubled and at or at - 1)
    from = at + (is_doubled and 2 or 1)
    if not is_doubled then
      texts[#texts + 1], current = current, ""
    end
    at = next_mark(sql, from)
  end
  texts[#texts + 1] = current .. sql:sub(from)
  return texts
end

-- The same few texts are split over and over.
local known, count = {}, 0
local MAX_KNOWN = 1000

local function texts_of(sql)
  local texts = known[sql]
  if texts then return texts end
  if count >= MAX_KNOWN then known, count = {}, 0 end
  texts, count = split(sql), count + 1
  known[sql] = texts
  return texts
end

---@param sql string  from code, never from data; `?` stands for the next argument, `??` for itself
---@param ... any  expressions, or values to bind
---@return moonpool.sql.Expression
function fragment.new(sql, ...)
  if type(sql) ~= "string" then
    refuse(("a fragment is a text of SQL, not a %s"):format(type(sql)), 'mp.sql("lower(?)", name)')
  end
  if sql:find("\0", 1, true) then refuse("a fragment has a NUL byte", "remove it") end
  if sql == "?" and select("#", ...) == 1 then return expression.operand((...)) end
  local given, texts = table.pack(...), texts_of(sql)
  if given.n ~= #texts - 1 then
    refuse(("the fragment %q has %d placeholders and %d arguments"):format(sql, #texts - 1,
      given.n),
      "write ?? for a question mark that is no placeholder")
  end
  local arguments = {}
  for index = 1, given.n do arguments[index] = expression.of(given[index]) end
  return expression.fragment(texts, arguments)
end

return fragment.new
