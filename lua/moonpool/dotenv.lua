-- Reads the text of a `.env` file: names and values, with nothing expanded; pure.
local errors = require "moonpool.errors"

local dotenv = {}

local ESCAPES = { n = "\n", r = "\r", t = "\t", ["\\"] = "\\", ['"'] = '"', ["$"] = "$" }

local function refuse(place, message)
  errors.raise {
    kind = "bad_config",
    message = ("%s:%d: %s"):format(place.file, place.line, message),
    hint = 'a line is NAME=value, export NAME=value, NAME="value", NAME=\'value\' or # a comment',
  }
end

local function only_comment_follows(text, place)
  if text:match "^%s*$" or text:match "^%s+#" then return end
  refuse(place, "something follows the closing quote")
end

local readers = {}

readers["'"] = function(text, place)
  local value, rest = text:match "^'([^']*)'(.*)$"
  if not value then refuse(place, "the quote is not closed on its line") end
  only_comment_follows(rest, place)
  return value
end

local function closing_quote(text)
  local at = 2
  while at <= #text do
    local byte = text:sub(at, at)
    if byte == '"' then return at end
    at = at + (byte == "\\" and 2 or 1)
  end
end

readers['"'] = function(text, place)
  local last = closing_quote(text)
  if not last then refuse(place, "the quote is not closed on its line") end
  only_comment_follows(text:sub(last + 1), place)
  return (text:sub(2, last - 1):gsub("\\(.)", ESCAPES))
end

-- A value without quotes ends at its line or at a comment, which a space precedes.
local function read_plain(text)
  local value = (" " .. text):gsub("%s#.*$", "")
  return (value:gsub("^%s+", ""):gsub("%s+$", ""))
end

local function read_line(text, place)
  local name, rest = text:match "^%s*([%a_][%w_]*)%s*=%s*(.-)%s*$"
  if not name then
    name, rest = text:match "^%s*export%s+([%a_][%w_]*)%s*=%s*(.-)%s*$"
  end
  if not name then refuse(place, "this is not NAME=value") end
  if rest:find("\0", 1, true) then refuse(place, "a value has a NUL byte") end
  local reader = readers[rest:sub(1, 1)] or read_plain
  return name, reader(rest, place)
end

---@param text string
---@param file string  its path, for messages
---@return table<string, string>  the last line with a name wins
function dotenv.parse(text, file)
  local values, number = {}, 0
  for line in text:gsub("^\xEF\xBB\xBF", ""):gmatch "([^\n]*)\n?" do
    number = number + 1
    if line:find "%S" and not line:find "^%s*#" then
      local name, value = read_line(line, { file = file, line = number })
      values[name] = value
    end
  end
  return values
end

return dotenv
