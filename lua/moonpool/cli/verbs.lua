-- The verbs of the command, in the order in which its help shows them.
local NAMES = {
  "run", "revision", "upgrade", "downgrade", "current", "history", "heads", "dev", "help",
  "version", "supervise",
}

local verbs = {}
for index, name in ipairs(NAMES) do verbs[index] = (require("moonpool.cli." .. name)) end

return verbs
