-- moonpool help: shows the verbs, or one verb, or what a kind of error means.
local command_line = require "moonpool.cli.command_line"
local hints = require "moonpool.errors.hints"

return {
  name = "help",
  summary = "Show this help, a verb's, or what to do about a kind of error.",

  define = function(command)
    command:argument("topic"):args "?":description "a verb, or the kind of an error"
  end,

  run = function(context)
    local topic = context.options.topic
    local hint = topic and hints[topic]
    local text = hint and ("error[%s]\nhint: %s"):format(topic, hint)
      or command_line.help(topic)
    context.output:result({ help = text }, text)
  end,
}
