-- channel.lua - the names of channels, and what is sent on them.
local errors = require "moonpool.errors"
local text = require "moonpool.util.text"

local channel = {}

local MAX_NAME_BYTES, MAX_PAYLOAD_BYTES = 63, 7999

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function check_text(what, value)
  if type(value) ~= "string" then
    refuse(("%s must be a string, got %s"):format(what, type(value)))
  end
  local nul = value:find("\0", 1, true)
  if nul then
    refuse(("%s contains a NUL byte at offset %d"):format(what, nul - 1), "take it out")
  end
  local valid, bad = utf8.len(value)
  if not valid then
    refuse(("%s is not UTF-8 at offset %d"):format(what, bad - 1),
      "encode bytes as text: base64 or hex")
  end
end

---Raises `bad_argument` for a name that the server would refuse or cut.
---@param name any
---@return string
function channel.check(name)
  check_text("a channel's name", name)
  if name == "" or #name > MAX_NAME_BYTES then
    refuse(("a channel's name has 1 to %d bytes, %s has %d"):format(MAX_NAME_BYTES,
      text.show(name), #name), "choose another name")
  end
  return name
end

---@param name string
---@return string  the name as SQL, its case kept
function channel.quote(name)
  return '"' .. channel.check(name):gsub('"', '""') .. '"'
end

---Send a notification; in a transaction it goes out with the commit.
---@async
---@param target moonpool.Executor
---@param name string
---@param payload? string  at most 7999 bytes
function channel.notify(target, name, payload)
  channel.check(name)
  if payload == nil then payload = "" end
  check_text("a payload", payload)
  if #payload > MAX_PAYLOAD_BYTES then
    refuse(("a payload has at most %d bytes, this one has %d"):format(MAX_PAYLOAD_BYTES, #payload),
      "store it in a table and send its key")
  end
  target:exec("select pg_catalog.pg_notify($1, $2)", name, payload)
end

return channel
