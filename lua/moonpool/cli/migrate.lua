-- What upgrade and downgrade share: the options, the notes on the way, the plan and the SQL.
local errors = require "moonpool.errors"

local migrate = {}

---@param command table  of argparse
function migrate.define(command)
  command:flag("--sql"):description "print the SQL script; needs no server"
  command:flag("--plan"):description "print what would be done; changes nothing"
  command:option("--lock-timeout"):argname("SECONDS"):convert(tonumber)
    :description "longest wait of a statement for a table's lock (3)"
  command:option("--wait"):argname("SECONDS"):convert(tonumber)
    :description "longest wait for the migration lock (60)"
  command:option("--allow"):argname("CODES"):description "dangers accepted: MP12,MP15 or all"
end

local function read_codes(text)
  local codes = {}
  for code in (text or ""):gmatch "[^,%s]+" do codes[#codes + 1] = code end
  return codes
end

local NOTES = {
  waiting = function(step)
    local name = step.application_name
    return ("waiting for the migration lock, held by process %s%s"):format(
      step.pid or "?", name and name ~= "" and (" (%s)"):format(name) or "")
  end,
  start = function(step)
    return ("%s %s"):format(step.revision or "", step.message or "")
  end,
}

-- The options that are left out keep the library's defaults.
local function settings_of(context)
  local options = context.options
  return {
    lock_timeout = options.lock_timeout,
    wait = options.wait,
    allow = read_codes(options.allow),
    on_step = function(step)
      local note = NOTES[step.event]
      if note then context.output:note(note(step)) end
    end,
  }
end

local function line_of(step)
  return ("%s  %s"):format(step.revision, step.message or "")
end

local function plan_document(output, steps)
  local documents = {}
  for index, step in ipairs(steps) do
    documents[index] = {
      revision = step.revision,
      message = step.message,
      file = step.file,
      statements = output:list(step.statements),
      hazards = output:list(step.hazards),
    }
  end
  return { plan = output:list(documents) }
end

local function print_plan(context, steps)
  local lines = {}
  for _, step in ipairs(steps) do
    lines[#lines + 1] = "-- " .. line_of(step)
    for _, hazard in ipairs(step.hazards) do
      lines[#lines + 1] = ("-- %s: %s"):format(hazard.code, hazard.reason)
    end
    for _, sql in ipairs(step.statements) do lines[#lines + 1] = sql .. ";" end
  end
  if #lines == 0 then context.output:note "nothing to do" end
  context.output:result(plan_document(context.output, steps), lines)
end

local function print_done(context, steps, word)
  local lines = {}
  for index, step in ipairs(steps) do lines[index] = line_of(step) end
  if #lines == 0 then context.output:note "nothing to do" end
  context.output:result({ [word] = context.output:list(steps) }, lines)
end

local function refuse_both(options)
  if not (options.sql and options.plan) then return end
  errors.raise {
    kind = "usage",
    message = "--sql and --plan exclude each other",
    hint = "choose one of them",
  }
end

---@async
---@param context moonpool.cli.Context
---@param direction "upgrade" | "downgrade"
---@param word string  of the document
function migrate.run(context, direction, word)
  local options = context.options
  refuse_both(options)
  local settings, target = settings_of(context), options.rev or "head"
  if options.sql then
    local sql = context:migrations(nil, settings):sql(target, direction)
    return context.output:result({ sql = sql }, sql)
  end
  local db <close> = context:open_engine()
  local migrations = context:migrations(db, settings)
  if options.plan then return print_plan(context, migrations:plan(target, direction)) end
  print_done(context, migrations[direction](migrations, target), word)
end

return migrate
