-- moonpool dev: starts, stops, shows or throws away the project's private PostgreSQL.
local config = require "moonpool.config"
local control = require "moonpool.private_server.control"
local errors = require "moonpool.errors"

local STANDARD_INPUT = 0

local function describe(status)
  if not status.running then return "not running" end
  return { status.url, "data in " .. status.directory }
end

local function start(context, settings)
  config.refuse_private_in_production(settings)
  local status = control.ensure(context.world, settings.root)
  context.output:result(status, describe(status))
end

local function stop(context, settings)
  local was_running = control.stop(context.world, settings.root)
  context.output:result({ stopped = was_running }, was_running and "stopped" or "not running")
end

local function status(context, settings)
  local found = control.status(context.world, settings.root)
  context.output:result(found, describe(found))
end

local function refuse_without_yes()
  errors.raise {
    kind = "usage",
    message = "reset throws the private PostgreSQL's data away, and nobody is there to be asked",
    hint = "say --yes: moonpool dev reset --yes",
  }
end

local function is_confirmed(context, settings)
  if context.options.yes then return true end
  if not context.world.system.isatty(STANDARD_INPUT) then refuse_without_yes() end
  io.stderr:write(("Throw away the private PostgreSQL of %s with all its data? [y/N] "):format(
    settings.root))
  local answer = io.read "l"
  return answer ~= nil and answer:lower():find "^y" ~= nil
end

local function reset(context, settings)
  if not is_confirmed(context, settings) then return 1 end
  local directory = control.reset(context.world, settings.root)
  context.output:result({ reset = directory ~= nil, directory = directory },
    directory and "emptied " .. directory or "there is none")
end

local ACTIONS = { start = start, stop = stop, status = status, reset = reset }

return {
  name = "dev",
  summary = "Start, stop, show or throw away the private PostgreSQL.",

  define = function(command)
    command:argument("action"):choices { "start", "stop", "status", "reset" }
      :description("it starts by itself when it is needed, and stops after ten idle minutes"
        .. " (MOONPOOL_DEV_IDLE: so many seconds)")
    command:flag("--yes"):description "throw the data away without asking"
  end,

  run = function(context)
    return ACTIONS[context.options.action](context, context:settings())
  end,
}
