-- process.lua - child programs: what they write, read as it comes, and how they end.
local driver = require "moonpool.driver"
local options = require "moonpool.options"

local process = {}

---@class moonpool.ProcessOptions
---@field [integer] string|number  the program and its arguments
---@field cwd string?
---@field env table<string, string|false>?  on top of ours; false removes one
---@field uid integer?
---@field gid integer?
---@field detached boolean?  it outlives us
---@field stdin "null"|"inherit"|nil
---@field stdout "pipe"|"inherit"|"null"|string|nil  or the path of a file, with a slash
---@field stderr "pipe"|"inherit"|"null"|string|nil  "pipe" shares the pipe of stdout

---@class moonpool.Process
---@field pid integer
---@field package core userdata
local Process = {}
Process.__index = Process

local STREAM = '"inherit", "null", "pipe", or the path of a file, which is appended to'

local ROWS = {
  { name = "cwd", kind = "string", doc = "the directory it starts in" },
  { name = "env", kind = "table", doc = "variables on top of ours, by name; false removes one" },
  { name = "uid", kind = "integer", min = 0, doc = "the user it runs as" },
  { name = "gid", kind = "integer", min = 0, doc = "the group it runs as" },
  { name = "detached", kind = "boolean", default = false, doc = "it outlives us" },
  { name = "stdin", kind = "choice", values = { "null", "inherit" }, default = "null" },
  { name = "stdout", kind = "string", default = "pipe", doc = STREAM },
  { name = "stderr", kind = "string", default = "inherit",
    doc = STREAM .. "; it shares the pipe of stdout" },
}

-- The positional part is the command, the rest are options.
local function split(command)
  local args, named = {}, {}
  for index, value in ipairs(command) do args[index] = tostring(value) end
  for key, value in pairs(command) do
    if math.type(key) ~= "integer" then named[key] = value end
  end
  return args, named
end

local function environment(changes)
  local variables = driver.system.environ()
  for name, value in pairs(changes) do variables[name] = value or nil end
  local list = {}
  for name, value in pairs(variables) do list[#list + 1] = name .. "=" .. tostring(value) end
  table.sort(list)
  return list
end

---Start a program; it is looked up in PATH. Its arguments are not read by any shell.
---Raises `bad_argument` when there is no such program.
---@param command moonpool.ProcessOptions
---@return moonpool.Process  killed when it is closed, or when its task ends, unless detached
function process.open(command)
  local args, named = split(command)
  local settings = options.read(ROWS, named, { kind = "bad_argument", what = "process.open" })
  settings.args = args
  if settings.env then settings.env = environment(settings.env) end
  local core = driver.process_open(settings)
  return setmetatable({ core = core, pid = core:pid() }, Process)
end

---The next bytes of its output, at most 64 KiB; a child that writes faster waits for its reader.
---@async
---@return string?  nil at the end
function Process:read()
  return self.core:read()
end

---@async
---@return string
function Process:read_all()
  local chunks = {}
  for chunk in self.read, self do chunks[#chunks + 1] = chunk end
  return table.concat(chunks)
end

-- Yields whole lines of `pending .. chunks`; what is left after the last newline is a line, too.
local function next_line(state)
  local first = 1
  while true do
    local stop = state.text:find("\n", math.max(first, state.at), true)
    if stop then
      local line = state.text:sub(state.at, stop - 1)
      state.at = stop + 1
      return line
    end
    local rest = state.text:sub(state.at)
    local chunk = state.process:read()
    if not chunk then
      state.text, state.at = "", 1
      return rest ~= "" and rest or nil
    end
    state.text, state.at, first = rest .. chunk, 1, #rest + 1
  end
end

---Iterate over its output without the line ends.
---@async
---@return fun(state: table): string?
---@return table
function Process:lines()
  return next_line, { process = self, text = "", at = 1 }
end

---Wait for its end.
---@async
---@return integer exit_code
---@return integer signal  what ended it, 0 for none
function Process:wait()
  return self.core:wait()
end

---Send a signal; nothing happens when it has ended.
---@param signal integer?  SIGTERM when left out
function Process:kill(signal)
  self.core:kill(signal)
end

---Kill it unless it has ended or is detached. Never waits.
function Process:close()
  self.core:close()
end

Process.__close = Process.close

return process
