-- source.lua - opens the machine's package index: apt's, else dpkg's, or a file that is named.
local errors = require "moonpool.errors"
local process = require "moonpool.process"

local source = {}

local STATUS_FILE = "/var/lib/dpkg/status"
local CHUNK_BYTES = 64 * 1024

---@class import.Source
---@field name string  for people
---@field read fun(): string?  the next chunk; nil at the end, and an error when it ended too early
local Source = {}
Source.__index = Source

function Source:close()
  if self.resource then self.resource:close() end
  self.resource = nil
end

Source.__close = Source.close

local function new(name, resource, read)
  return setmetatable({ name = name, resource = resource, read = read }, Source)
end

---@param path string
---@return import.Source
function source.open_file(path)
  local file, message = io.open(path, "rb")
  if not file then
    errors.raise {
      kind = "bad_argument",
      message = "the package index cannot be read: " .. message,
      hint = "name a file of Debian control stanzas, such as " .. STATUS_FILE,
    }
  end
  return new(path, file, function()
    local chunk, reason = file:read(CHUNK_BYTES)
    if reason then error(("%s cannot be read: %s"):format(path, reason), 0) end
    return chunk
  end)
end

-- Half an index would remove the packages of the other half.
local function check_exit(child)
  local code, signal = child:wait()
  if code == 0 then return end
  error(("apt-cache dumpavail failed (%s); nothing was changed"):format(
    signal and signal ~= 0 and "signal " .. signal or "exit " .. tostring(code)), 0)
end

-- nil where the machine has no apt.
local function start_apt()
  local child, err = errors.try(process.open, { "apt-cache", "dumpavail", stderr = "inherit" })
  if not child and not errors.is_error(err, "bad_argument") then error(err, 0) end
  return child
end

-- nil where apt is missing or knows no packages.
local function open_apt()
  local child = start_apt()
  if not child then return nil end
  local first = child:read()
  if not first then
    check_exit(child)
    child:close()
    return nil
  end
  return new("apt-cache dumpavail", child, function()
    local chunk = first or child:read()
    first = nil
    if not chunk then check_exit(child) end
    return chunk
  end)
end

---Close it with `<close>` or `:close()`.
---@async
---@param path string?  a file; left out, what apt knows, else what dpkg has installed
---@return import.Source
function source.open(path)
  if path then return source.open_file(path) end
  return open_apt() or source.open_file(STATUS_FILE)
end

return source
