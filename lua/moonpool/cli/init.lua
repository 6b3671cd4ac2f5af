-- The command `moonpool`: reads the command line, runs the verb, turns errors into text and code.
local command_line = require "moonpool.cli.command_line"
local context = require "moonpool.cli.context"
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local exit_code = require "moonpool.cli.exit_code"
local output = require "moonpool.cli.output"
local verbs = require "moonpool.cli.verbs"
local world = require "moonpool.cli.world"

local cli = {}

local STANDARD_ERROR = 2

local function is_set(name)
  local value = world.env(name)
  return value ~= nil and value ~= ""
end

local function open_output(options)
  return output.new {
    options = options,
    streams = { out = io.stdout, err = io.stderr },
    encode = driver.json.encode,
    list = driver.list,
    has_color = not is_set "NO_COLOR" and world.env "TERM" ~= "dumb"
      and world.system.isatty(STANDARD_ERROR),
  }
end

local function run(argv, shown)
  local parsed = command_line.parse(argv)
  shown.output = open_output(parsed.options)
  return verbs.find(parsed.verb).run(context.new {
    options = parsed.options,
    program = parsed.program,
    output = shown.output,
    world = world,
  })
end

---Run the command. Only the end of the whole run is raised.
---@async
---@param argv string[]
---@return integer  the exit code
function cli.main(argv)
  local shown = { output = open_output(command_line.guess_flags(argv)) }
  local ok, result = pcall(run, argv, shown)
  if ok then return result or exit_code.DONE end
  -- A signal or os.exit has already said with which code the run ends.
  if errors.is_error(result, "cancelled") then error(result, 0) end
  shown.output:failure(result, not errors.is_error(result) and "" or nil)
  return exit_code.of(result)
end

return cli
