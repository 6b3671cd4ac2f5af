-- init.lua - the façade: every name that a program uses, each loaded when it is first asked for.
local driver = require "moonpool.driver"

local mp = {}

-- name -> { module, field }; a module without a field is the value itself.
local PARTS = {
  engine = { "moonpool.engine", "open" },

  spawn = { "moonpool.task", "spawn" },
  all = { "moonpool.task", "all" },
  sleep = { "moonpool.task", "sleep" },
  deadline = { "moonpool.task", "deadline" },
  shield = { "moonpool.task", "shield" },
  run = { "moonpool.task", "run" },
  coroutine = { "moonpool.coroutine" },

  is_error = { "moonpool.errors", "is_error" },
  try = { "moonpool.errors", "try" },

  null = { "moonpool.driver", "null" },
  decimal = { "moonpool.driver", "decimal" },
  timestamp = { "moonpool.driver", "timestamp" },
  date = { "moonpool.driver", "date" },
  json = { "moonpool.driver", "json" },
  list = { "moonpool.driver", "list" },
  uuid = { "moonpool.driver", "uuid" },
}

---`map(list, fn, options)` calls fn for each item, in tasks; `map(table)` marks a JSON object.
---@async
---@param list table
---@param fn? fun(item: any): any
---@param given? { limit: integer }
---@return table
function mp.map(list, fn, given)
  if fn == nil and given == nil then return driver.map(list) end
  return require("moonpool.task").map(list, fn, given)
end

setmetatable(mp, {
  __index = function(_, name)
    local part = PARTS[name]
    if not part then return nil end
    local value = require(part[1])
    if part[2] then value = value[part[2]] end
    rawset(mp, name, value)
    return value
  end,
})

return mp
