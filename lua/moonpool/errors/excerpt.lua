-- The line of a statement that an error is about, with a caret under the server's position.
local text = require "moonpool.util.text"

local excerpt = {}

local WIDTH = 76

-- The server counts characters; a text that is no UTF-8 is counted in bytes.
local function byte_of(query, position)
  if utf8.len(query) then return utf8.offset(query, position) end
  return position
end

local function line_around(query, at)
  local first = 1
  for newline in query:gmatch("()\n") do
    if newline >= at then return query:sub(first, newline - 1), first end
    first = newline + 1
  end
  return query:sub(first), first
end

-- Characters, each one column wide; a broken text is taken byte by byte.
local function characters(line)
  local list = {}
  local pattern = utf8.len(line) and utf8.charpattern or "."
  for character in line:gmatch(pattern) do
    list[#list + 1] = character:find("^%c") and " " or text.printable(character)
  end
  return list
end

local function window(list, column)
  local first = 1
  if #list > WIDTH then
    first = math.max(1, math.min(column - WIDTH // 2, #list - WIDTH + 1))
  end
  local last = math.min(#list, first + WIDTH - 1)
  local left, right = first > 1 and "..." or "", last < #list and "..." or ""
  return left .. table.concat(list, "", first, last) .. right, column - first + #left
end

---@param query string
---@param position integer?  1-based, in characters
---@return string[]  the line, and below it the caret where a position is known
function excerpt.lines(query, position)
  local at = math.type(position) == "integer" and position > 0 and byte_of(query, position)
  if not at or at > #query + 1 then
    local first_line = query:match("^%s*([^\n]*)")
    return { (window(characters(first_line), 1)) }
  end
  local line, first = line_around(query, at)
  local column = #characters(query:sub(first, at - 1)) + 1
  local shown, before = window(characters(line), column)
  return { shown, (" "):rep(before) .. "^" }
end

return excerpt
