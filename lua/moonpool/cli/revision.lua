-- moonpool revision: writes a new migration file.
return {
  name = "revision",
  summary = "Write a new migration file.",

  define = function(command)
    command:option("-m --message"):argname("MESSAGE"):count(1):description "what the revision does"
    command:option("--head"):argname("REV"):description "the revision to stand on"
    command:flag("--splice"):description "stand on a revision that has a child already"
  end,

  run = function(context)
    local options = context.options
    local made = context:migrations():revision {
      message = options.message,
      head = options.head,
      splice = options.splice,
    }
    context.output:result(made, made.file)
  end,
}
