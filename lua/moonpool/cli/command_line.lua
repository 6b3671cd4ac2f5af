-- Reads a command line: its verb, the options, and what belongs to the program; pure.
local errors = require "moonpool.errors"
local verbs = require "moonpool.cli.verbs"

local command_line = {}

---@class moonpool.cli.Verb
---@field name string
---@field summary string
---@field define? fun(command: table)  adds the verb's arguments to its argparse command
---@field run fun(context: moonpool.cli.Context): integer?  the exit code; nil is 0
---@field takes_program boolean?  what follows its first word is a program's, whatever it looks like
---@field is_hidden boolean?

---@class moonpool.cli.CommandLine
---@field verb string
---@field options table<string, any>  by name, dashes as underscores
---@field program string[]  the arguments of the program that runs
---@field wants_help boolean

local GLOBAL_OPTIONS = {
  { "--url", "URL", "the database, before any other choice" },
  { "--config", "FILE", "the configuration, instead of the nearest moonpool.lua" },
  { "--env", "NAME", "development, test or production, before MOONPOOL_ENV" },
}

local GLOBAL_FLAGS = {
  { "--json", "one JSON document on standard output" },
  { "--quiet", "no notes on standard error" },
  { "--verbose", "more notes, and tracebacks of errors" },
  { "--no-color", "no colour; NO_COLOR does the same" },
}

local EPILOG = [[
A file is run without a verb too: moonpool FILE [ARG...]; so is code: moonpool -e CODE.
Exit codes: 0 done, 1 failed, 2 usage or configuration, 4 cannot connect, 5 lock held elsewhere.]]

-- Keeps a negative number, and code, from being taken for an option; no argument can hold it.
local PLAIN_MARK = "\0"

local TAKES_VALUE = { ["-e"] = true }
for _, option in ipairs(GLOBAL_OPTIONS) do TAKES_VALUE[option[1]] = true end

local function refuse(message, hint)
  errors.raise { kind = "usage", message = message, hint = hint }
end

local function looks_like_file(word)
  return word == "-" or word:find("/", 1, true) ~= nil or word:find "%.lua$" ~= nil
end

-- Where the verb is to stand, and the verb if it stands there.
local function find_verb(words)
  local index = 1
  while words[index] do
    local word = words[index]
    if word == "-e" or word:sub(1, 1) ~= "-" or word == "-" then
      return index, verbs.find(word), word
    end
    index = index + (TAKES_VALUE[word] and 2 or 1)
  end
  return index
end

local function slice(words, first, last)
  return table.move(words, first, last or #words, 1, {})
end

-- `moonpool FILE` and `moonpool -e CODE` say run without saying it.
local function with_verb(words)
  local index, verb, word = find_verb(words)
  if verb then return words, index, verb end
  if not word or (word ~= "-e" and not looks_like_file(word)) then return words, index end
  local whole = slice(words, 1, index - 1)
  whole[index] = "run"
  table.move(words, index, #words, index + 1, whole)
  return whole, index, verbs.find "run"
end

local function is_option(word)
  return word:sub(1, 1) == "-" and word ~= "-" and word ~= "--"
end

-- The first word that is no option of ours, and whether -e gives the code.
local function skip_options(words, index)
  local has_code = false
  while words[index] and is_option(words[index]) do
    has_code = has_code or words[index]:sub(1, 2) == "-e"
    index = index + (TAKES_VALUE[words[index]] and 2 or 1)
  end
  return index, has_code
end

-- The program's arguments begin after its file; with code, at the first word that is no option.
local function split_program(words, verb_index)
  local index, has_code = skip_options(words, verb_index + 1)
  local ours = slice(words, 1, index - 1)
  if words[index] == "--" then index = index + 1 end
  if has_code then return ours, slice(words, index) end
  ours[#ours + 1] = words[index]
  return ours, slice(words, index + 1)
end

local function mark(words)
  local marked = {}
  for index, word in ipairs(words) do
    local is_plain = word:find "^%-%d+$" or words[index - 1] == "-e"
    marked[index] = is_plain and PLAIN_MARK .. word or word
  end
  return marked
end

local function unmark(options)
  local plain = {}
  for name, value in pairs(options) do
    local is_marked = type(value) == "string" and value:sub(1, 1) == PLAIN_MARK
    plain[name] = is_marked and value:sub(2) or value
  end
  return plain
end

local function add_globals(parser)
  for _, option in ipairs(GLOBAL_OPTIONS) do
    parser:option(option[1]):argname(option[2]):description(option[3])
  end
  for _, flag in ipairs(GLOBAL_FLAGS) do parser:flag(flag[1]):description(flag[2]) end
  parser:flag("--version"):description "show the versions"
  parser:flag("-h --help"):description "show this help"
end

-- argparse would print and exit on its own: its help is off and its errors are caught.
local function build_parser(list)
  local parser = require "argparse"("moonpool"):add_help(false):require_command(false)
    :command_target("verb"):description("The PostgreSQL data layer for Lua."):epilog(EPILOG)
  add_globals(parser)
  local commands = {}
  for _, verb in ipairs(list) do
    local command = parser:command(verb.name):add_help(false):summary(verb.summary)
    command:description(verb.summary)
    if verb.is_hidden then command:hidden(true) end
    if verb.define then verb.define(command) end
    commands[verb.name] = command
  end
  return parser, commands
end

local function wants_help(words)
  for _, word in ipairs(words) do
    if word == "-h" or word == "--help" then return true end
  end
  return false
end

-- Most programs are started with nothing but their file: then there is nothing left to parse.
local function is_plain_run(words, verb)
  return verb and verb.takes_program and #words == 2 and words[1] == verb.name
    and not is_option(words[2])
end

local function parse_options(words, verb)
  if is_plain_run(words, verb) then return { verb = verb.name, file = words[2] } end
  local ok, parsed = build_parser(verb and { verb } or verbs.all()):pparse(mark(words))
  if ok then return unmark(parsed) end
  local problem = parsed:gsub("\\x00", ""):gsub(PLAIN_MARK, "")
  refuse(problem, ("see: moonpool help%s"):format(verb and " " .. verb.name or ""))
end

---@param argv string[]
---@return moonpool.cli.CommandLine
function command_line.parse(argv)
  local words, index, verb = with_verb(argv)
  local program = {}
  if verb and verb.takes_program then words, program = split_program(words, index) end
  if wants_help(words) then
    return { verb = "help", options = { topic = verb and verb.name }, program = {} }
  end
  local options = parse_options(words, verb)
  local name = options.verb or options.version and "version" or "help"
  return { verb = name, options = options, program = program }
end

---What can be known of a command line that could not be read.
---@param argv string[]
---@return table<string, boolean>
function command_line.guess_flags(argv)
  local guessed = {}
  for _, word in ipairs(argv) do
    if word == "--" then break end
    if word == "--json" then guessed.json = true end
    if word == "--no-color" then guessed.no_color = true end
  end
  return guessed
end

---@param name string?  a verb; nil for the whole command
---@return string
function command_line.help(name)
  local parser, commands = build_parser(verbs.all())
  if not name then return parser:get_help() end
  if not commands[name] then
    local ok, problem = parser:pparse { name }
    refuse(ok and ("unknown verb '%s'"):format(name) or problem, "see: moonpool help")
  end
  return commands[name]:get_help()
end

return command_line
