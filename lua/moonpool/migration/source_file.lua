-- One migration file: from its text to a checked revision, every refusal naming file and line.
local errors = require "moonpool.errors"
local location = require "moonpool.migration.location"
local revision = require "moonpool.migration.revision"

local source_file = {}

local RETURN_HINT = "end the file with: return mp.migration { revision = ..., upgrade = ... }"

-- What a file assigns to a library stays in the file.
local function copied(library)
  return { __index = library, __metatable = false }
end

local MATH, STRING, TABLE, UTF8 = copied(math), copied(string), copied(table), copied(utf8)

local ENVIRONMENT = {
  __newindex = function(_, name)
    error(("the migration sets the global %q; make it local"):format(tostring(name)), 2)
  end,
}

local function refuse(file, line, message, hint)
  errors.raise {
    kind = "bad_config",
    message = ("%s:%d: %s"):format(file, line, message),
    hint = hint,
    file = file,
    line = line,
  }
end

local function first_invalid_byte(text)
  local _, position = utf8.len(text)
  return position
end

local TEXT_CHECKS = {
  {
    find = function(text) return text:sub(1, 1) == "\27" and 1 end,
    message = "the file is compiled Lua, which is never loaded",
    hint = "keep migrations as text",
  },
  {
    find = function(text) return text:sub(1, 3) == "\xEF\xBB\xBF" and 1 end,
    message = "the file begins with a byte order mark",
    hint = "save it as UTF-8 without one: sed -i '1s/^\\xEF\\xBB\\xBF//' FILE",
  },
  {
    find = function(text) return (text:find("\r", 1, true)) end,
    message = "the file has carriage returns",
    hint = "end its lines with line feeds alone: sed -i 's/\\r//g' FILE",
  },
  {
    find = first_invalid_byte,
    message = "the file is not UTF-8",
    hint = "save it as UTF-8",
  },
}

local function check_text(file, text)
  for _, check in ipairs(TEXT_CHECKS) do
    local position = check.find(text)
    if position then
      refuse(file, location.line_at(text, position), check.message, check.hint)
    end
  end
end

-- A migration describes; what it needs of the world it asks of `op`.
local function environment(require_module)
  return setmetatable({
    require = require_module, os = { date = os.date, time = os.time },
    math = setmetatable({}, MATH), string = setmetatable({}, STRING),
    table = setmetatable({}, TABLE), utf8 = setmetatable({}, UTF8),
    assert = assert, error = error, getmetatable = getmetatable, ipairs = ipairs, next = next,
    pairs = pairs, pcall = pcall, rawequal = rawequal, rawget = rawget, rawlen = rawlen,
    rawset = rawset, select = select, setmetatable = setmetatable, tonumber = tonumber,
    tostring = tostring, type = type, xpcall = xpcall,
  }, ENVIRONMENT)
end

local function compile(file, text, env)
  local chunk = load(text, "@" .. file, "t", env)
  if chunk then return chunk end
  -- Compiled again under a name that cannot hide where the line number begins.
  local _, message = load(text, "=file", "t", env)
  local line, reason = message:match("^file:(%d+): (.*)$")
  refuse(file, math.tointeger(tonumber(line)) or 1, reason or message, "correct the syntax")
end

local function run(file, chunk)
  local line
  local ok, value = xpcall(chunk, function(raised)
    line = location.running_line(file)
    return raised
  end)
  if ok then return value end
  local reason = errors.is_error(value) and value.message or location.without_position(value)
  refuse(file, line or 1, reason, errors.is_error(value) and value.hint
    or "the file must load without a database; work belongs in upgrade and downgrade")
end

local function refuse_value(file, text, value)
  local what = value == nil and "nothing" or ("a %s, not a migration"):format(type(value))
  refuse(file, location.line_at(text, #text), "the file returns " .. what, RETURN_HINT)
end

local function check_value(file, text, value)
  if not revision.is_revision(value) then refuse_value(file, text, value) end
  local problem = revision.check(value)
  if problem then
    refuse(file, location.line_of_field(text, problem.key), problem.message, problem.hint)
  end
end

---Load one file's text. Raises `bad_config` with `file` and `line`.
---@param file string  its path, for messages and chunk names
---@param text string
---@param require_module fun(name: string): any
---@return moonpool.Revision
function source_file.load(file, text, require_module)
  check_text(file, text)
  local value = run(file, compile(file, text, environment(require_module)))
  check_value(file, text, value)
  return revision.in_file(value, file)
end

return source_file
