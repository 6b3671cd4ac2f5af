-- Compiles the text of a Lua file, naming file and line when that fails; bytecode is refused.
local errors = require "moonpool.errors"

local chunk = {}

local function refuse(path, line, message, hint)
  errors.raise {
    kind = "bad_config",
    message = ("%s:%d: %s"):format(path, line, message),
    hint = hint,
    file = path,
    line = line,
  }
end

-- Compiled again under a name that cannot hide where the line number begins.
local function refuse_syntax(path, text, environment)
  local _, problem = load(text, "=file", "t", environment)
  local line, reason = problem:match "^file:(%d+): (.*)$"
  refuse(path, math.tointeger(tonumber(line)) or 1, reason or problem, "correct the syntax")
end

---@param path string  for messages and tracebacks
---@param text string  a first line with `#!` is passed over
---@param environment table?  globals of the chunk; the state's own when left out
---@return function
function chunk.compile(path, text, environment)
  local globals = environment or _G
  if text:sub(1, 1) == "\27" then
    refuse(path, 1, "the file is compiled Lua, which is never loaded", "give its text")
  end
  local source = text:gsub("^\xEF\xBB\xBF", ""):gsub("^#[^\n]*", "")
  local compiled = load(source, "@" .. path, "t", globals)
  return compiled or refuse_syntax(path, source, globals)
end

return chunk
