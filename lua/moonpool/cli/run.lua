-- moonpool run: runs a Lua file, or code, as a program.
local chunk = require "moonpool.chunk"
local errors = require "moonpool.errors"
local exit_code = require "moonpool.cli.exit_code"

local function refuse(message, hint)
  errors.raise { kind = "usage", message = message, hint = hint }
end

local function read_file(system, path)
  local found = system.stat(path)
  if found and found.type == "directory" then
    refuse(("%s is a directory, not a Lua file"):format(path), "name a file in it")
  end
  local file, reason = io.open(path, "rb")
  if not file then
    refuse("cannot run " .. (reason or path), "the name is relative to the current directory")
  end
  local text, failure = file:read "a"
  file:close()
  if not text then refuse(("cannot read %s: %s"):format(path, failure), "check the file") end
  return text
end

local function compile(context)
  local options = context.options
  if options.code then return chunk.compile("(command line)", options.code), "-e" end
  if not options.file then
    refuse("run takes a file, or code with -e", "moonpool run FILE [ARG...], or moonpool -e CODE")
  end
  if options.file == "-" then return chunk.compile("(standard input)", io.read "a"), "-" end
  return chunk.compile(options.file, read_file(context.world.system, options.file)), options.file
end

local function set_arguments(name, program)
  local arguments = { [0] = name }
  table.move(program, 1, #program, 1, arguments)
  rawset(_G, "arg", arguments)
end

-- The command's own frames, and those inside the library, say nothing about the program.
local function program_part(traceback)
  return (traceback:gsub("\n%s*%[C%]: in function 'xpcall'.*$", "")
    :gsub("\n\tmoonpool/[^\n]*", ""):gsub("\n\t%(%.%.%.tail calls%.%.%.%)", ""))
end

local function catch(raised)
  local traceback = errors.is_error(raised) and raised.traceback or debug.traceback(nil, 2)
  return { raised = raised, traceback = program_part(traceback) }
end

-- A wrong argument in a program's call is the program's failure, not a wrong use of the command.
local function code_of(err)
  if errors.is_error(err, "bad_argument") then return exit_code.FAILED end
  return exit_code.of(err)
end

return {
  name = "run",
  summary = "Run a Lua file, or code with -e.",
  takes_program = true,

  define = function(command)
    command:usage "Usage: moonpool run FILE [ARG...]\n       moonpool run -e CODE [ARG...]"
    command:argument("file"):args "?":description "a Lua file; - is standard input"
    command:option("-e"):argname("CODE"):target("code"):description "run this instead of a file"
  end,

  run = function(context)
    local main, name = compile(context)
    if context:settings().environment ~= "production" then warn "@on" end
    set_arguments(name, context.program)
    local ok, failure = xpcall(main, catch, table.unpack(context.program))
    if ok then return exit_code.DONE end
    if errors.is_error(failure.raised, "cancelled") then error(failure.raised, 0) end
    context.output:failure(failure.raised, failure.traceback)
    return code_of(failure.raised)
  end,
}
