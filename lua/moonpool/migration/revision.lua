-- The record that a migration file returns through `mp.migration`, and what is wrong with it.
local suggest = require "moonpool.util.suggest"

---@class moonpool.Revision
---@field revision string  letters, digits and underscores; unique in its directory
---@field down_revision string | string[] | nil  the parent; nil at the base, a list at a merge
---@field message string?
---@field upgrade fun(op: moonpool.migration.Recorder)?
---@field downgrade fun(op: moonpool.migration.Recorder)?
---@field change fun(op: moonpool.migration.Recorder)?  replaces both; needs inverses
---@field allow string[]?  hazard codes that the whole file accepts
---@field file string?  path of its file, set by the script directory
local Revision = {}
Revision.__index = Revision
Revision.__name = "moonpool.Revision"

---@class moonpool.Revision.Problem
---@field key string | integer | nil  the field concerned
---@field message string
---@field hint string

local KINDS = {
  revision = { string = true },
  down_revision = { string = true, table = true },
  message = { string = true },
  upgrade = { ["function"] = true },
  downgrade = { ["function"] = true },
  change = { ["function"] = true },
  allow = { table = true },
}

local EXPECTED = {
  revision = "a string such as \"20261122T073100\"",
  down_revision = "the parent's revision, a list of them at a merge, or nil at the base",
  message = "a string",
  upgrade = "function(op) ... end",
  downgrade = "function(op) ... end",
  change = "function(op) ... end",
  allow = "a list of codes such as { \"MP15\" }",
}

local RESERVED = { head = true, heads = true, base = true, current = true }

local revision = {}

local function problem(key, message, hint)
  return { key = key, message = message, hint = hint }
end

local function sorted_keys(record)
  local keys = {}
  for key in pairs(record) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

local function is_sound(key, value)
  local kinds = KINDS[key]
  return kinds and kinds[type(value)]
end

local function check_key(key, value)
  local kinds = KINDS[key]
  if not kinds then
    return problem(key, ("unknown field %q%s"):format(tostring(key), suggest.phrase(key, KINDS)),
      "a migration has revision, down_revision, message, upgrade, downgrade, change and allow")
  end
  if not kinds[type(value)] then
    return problem(key, ("field %q is a %s"):format(key, type(value)),
      ("write %s = %s"):format(key, EXPECTED[key]))
  end
end

-- The first in the order of the keys, which only matters where there is one.
local function check_keys(record)
  local is_alright = true
  for key, value in pairs(record) do is_alright = is_alright and is_sound(key, value) end
  if is_alright then return nil end
  for _, key in ipairs(sorted_keys(record)) do
    local found = check_key(key, record[key])
    if found then return found end
  end
end

local function check_id(key, id)
  if id == nil then
    return problem(nil, ("field %q is missing"):format(key), "add revision = " .. EXPECTED[key])
  end
  if type(id) ~= "string" then
    return problem(key, ("field %q holds a %s"):format(key, type(id)), "give " .. EXPECTED[key])
  end
  if not id:find("^[%w_]+$") or #id > 64 then
    return problem(key, ("field %q is %q"):format(key, id),
      "use 1 to 64 letters, digits and underscores")
  end
  if RESERVED[id] then
    return problem(key, ("%q is a word of the command line, not a revision"):format(id),
      "name the revision by its time, such as \"20261122T073100\"")
  end
end

local function check_parents(record)
  if record.down_revision == nil then return nil end
  local parents, seen = revision.parents(record), {}
  if #parents == 0 then
    return problem("down_revision", "the list of parents is empty",
      "leave down_revision out at the base")
  end
  for _, parent in ipairs(parents) do
    local found = check_id("down_revision", parent)
    if found then return found end
    if seen[parent] then
      return problem("down_revision", ("parent %q is listed twice"):format(parent),
        "name each parent once")
    end
    seen[parent] = true
  end
end

local function check_functions(record)
  if record.change and (record.upgrade or record.downgrade) then
    return problem("change", "there is a change function beside upgrade or downgrade",
      "keep change where every operation has an inverse, else upgrade and downgrade")
  end
  if record.change or record.upgrade or type(record.down_revision) == "table" then return nil end
  return problem(nil, "there is neither an upgrade nor a change function",
    "add upgrade = function(op) ... end")
end

local function check_allow(record)
  for _, code in ipairs(record.allow or {}) do
    if type(code) ~= "string" or not code:find("^MP%d%d$") then
      return problem("allow", ("%s is not a hazard code"):format(tostring(code)),
        "allow is " .. EXPECTED.allow)
    end
  end
end

---Make the record. Nothing is checked here: `return mp.migration { ... }` is a tail call, so only
---the script directory, which has the text, can say which line is wrong.
---@param fields table
---@return moonpool.Revision
function revision.new(fields)
  local record = {}
  if type(fields) == "table" then
    for key, value in pairs(fields) do record[key] = value end
  end
  return setmetatable(record, Revision)
end

---@param value any
---@return boolean
function revision.is_revision(value)
  return getmetatable(value) == Revision
end

---What is wrong with a record, if anything.
---@param record moonpool.Revision
---@return moonpool.Revision.Problem?
function revision.check(record)
  return check_keys(record) or check_id("revision", record.revision) or check_parents(record)
    or check_functions(record) or check_allow(record)
end

---The parents as a list, whatever form `down_revision` has.
---@param record moonpool.Revision
---@return string[]
function revision.parents(record)
  local down = record.down_revision
  if down == nil then return {} end
  if type(down) == "table" then return { table.unpack(down) } end
  return { down }
end

---The same record, knowing its file.
---@param record moonpool.Revision
---@param file string
---@return moonpool.Revision
function revision.in_file(record, file)
  local located = revision.new(record)
  located.file = file
  return located
end

return revision
