-- Names as SQL: quoted where they must be, refused where the server would change or cut them.
local errors = require "moonpool.errors"
local reserved = require "moonpool.sql.reserved"
local text = require "moonpool.util.text"

local identifier = {}

identifier.MAX_BYTES = 63

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function check(name)
  if type(name) ~= "string" then
    refuse(("a name must be a string, not %s"):format(text.show(name)), "give the name as a string")
  end
  if name == "" then refuse("a name must not be empty", "give the name") end
  if name:find("\0", 1, true) then
    refuse(("the name %s has a NUL byte"):format(text.show(name)), "names cannot hold NUL bytes")
  end
  if #name > identifier.MAX_BYTES then
    refuse(("the name %s has %d bytes"):format(text.show(name), #name),
      "PostgreSQL keeps 63 bytes of a name: choose a shorter one")
  end
end

local function written(name)
  check(name)
  if name:find("^[a-z_][a-z0-9_]*$") and not reserved[name] then return name end
  return '"' .. name:gsub('"', '""') .. '"'
end

-- A program has few names and writes them in every statement; made names must not fill memory.
local KNOWN_MAX = 4096
local known, known_count = {}, 0

---Raises `bad_argument` for a name that PostgreSQL cannot keep as it is.
---@param name string
---@return string  quoted when needed
function identifier.quote(name)
  local found = known[name]
  if found then return found end
  found = written(name)
  if known_count == KNOWN_MAX then known, known_count = {}, 0 end
  known[name], known_count = found, known_count + 1
  return found
end

---@param schema string?
---@param name string
---@return string
function identifier.qualified(schema, name)
  if schema == nil then return identifier.quote(name) end
  return identifier.quote(schema) .. "." .. identifier.quote(name)
end

---@param names string[]
---@return string  separated by commas
function identifier.list(names)
  local quoted = {}
  for index, name in ipairs(names) do quoted[index] = identifier.quote(name) end
  return table.concat(quoted, ", ")
end

return identifier
