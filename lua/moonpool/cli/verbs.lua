-- The verbs of the command; each is loaded when it is asked for.
local verbs = {}

-- In the order of the help; `__supervise` is the command's own call of itself.
local NAMES = {
  "run", "revision", "upgrade", "downgrade", "current", "history", "heads", "dev", "help",
  "version", "__supervise",
}

local MODULES = {}
for _, name in ipairs(NAMES) do MODULES[name] = "moonpool.cli." .. name:gsub("^__", "") end

---@param name string?
---@return moonpool.cli.Verb?  nil where no verb is called so
function verbs.find(name)
  local module = MODULES[name]
  if module then return (require(module)) end
end

---Every verb, in the order of the help.
---@return moonpool.cli.Verb[]
function verbs.all()
  local list = {}
  for index, name in ipairs(NAMES) do list[index] = verbs.find(name) end
  return list
end

return verbs
