-- The arguments of a function as they tell it apart from others of its name: without defaults.
local func_arguments = {}

local CLOSERS = { ["("] = "%b()", ["["] = "%b[]" }

-- Where a quoted text or a bracket ends that begins here; nil where none does.
local function skip(text, at)
  local byte = text:sub(at, at)
  if byte == "'" or byte == '"' then
    local _, stop = text:find(byte, at + 1, true)
    return stop or #text
  end
  local _, stop = text:find(CLOSERS[byte] or "^$.", at)
  return CLOSERS[byte] and (stop or #text) or nil
end

---@param text string  `"a int4, b text default 'x'"`
---@return string[]  one text for each argument
function func_arguments.split(text)
  local parts, from, at = {}, 1, 1
  while at <= #text do
    local stop = skip(text, at)
    if not stop and text:sub(at, at) == "," then
      parts[#parts + 1] = text:sub(from, at - 1):match "^%s*(.-)%s*$"
      from = at + 1
    end
    at = (stop or at) + 1
  end
  local last = text:sub(from):match "^%s*(.-)%s*$"
  if last ~= "" then parts[#parts + 1] = last end
  return parts
end

local function without_default(argument)
  local at = 1
  while at <= #argument do
    local stop = skip(argument, at)
    local is_default = argument:sub(at):lower():find "^%s+default%s" or argument:find("^%s*=", at)
    if not stop and is_default then return argument:sub(1, at - 1) end
    at = (stop or at) + 1
  end
  return argument
end

---@param text string
---@return string
function func_arguments.identity(text)
  local parts = func_arguments.split(text)
  for at, argument in ipairs(parts) do parts[at] = without_default(argument) end
  return table.concat(parts, ", ")
end

return func_arguments
