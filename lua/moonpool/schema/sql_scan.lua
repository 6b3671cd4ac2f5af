-- Finding one's way in SQL text: past quoted parts and brackets, which are taken as units; pure.
local sql_scan = {}

local CLOSERS = { ["("] = ")", ["["] = "]" }

-- A doubled quote stands for one, so that the text goes on behind it.
local function skip_quoted(text, at, quote)
  local stop = text:find(quote, at + 1, true)
  while stop and text:sub(stop + 1, stop + 1) == quote do
    stop = text:find(quote, stop + 2, true)
  end
  return stop or #text
end

-- In a string that begins with E a backslash takes what follows it along.
local function skip_escaped(text, at)
  local stop = at + 1
  while stop <= #text do
    local byte = text:sub(stop, stop)
    if byte == "'" and text:sub(stop + 1, stop + 1) ~= "'" then return stop end
    stop = stop + ((byte == "\\" or byte == "'") and 2 or 1)
  end
  return #text
end

local function skip_string(text, at)
  local before = text:sub(at - 1, at - 1):lower()
  local is_escaped = at > 1 and before == "e" and not text:sub(at - 2, at - 2):find "[%w_]"
  return is_escaped and skip_escaped(text, at) or skip_quoted(text, at, "'")
end

---Where the unit ends that begins at a place.
---@param text string
---@param at integer
---@return integer?  nil where a single byte stands
function sql_scan.skip(text, at)
  local byte = text:sub(at, at)
  if byte == "'" then return skip_string(text, at) end
  if byte == '"' then return skip_quoted(text, at, '"') end
  local closer = CLOSERS[byte]
  if not closer then return nil end
  local inner = at + 1
  while inner <= #text and text:sub(inner, inner) ~= closer do
    inner = (sql_scan.skip(text, inner) or inner) + 1
  end
  return math.min(inner, #text)
end

---Where a pattern matches outside quotes and brackets.
---@param text string
---@param pattern string  without an anchor
---@param from integer?
---@return integer? start
---@return integer? stop
function sql_scan.find(text, pattern, from)
  local at, anchored = from or 1, "^" .. pattern
  while at <= #text do
    local start, stop = text:find(anchored, at)
    if start then return start, stop end
    at = (sql_scan.skip(text, at) or at) + 1
  end
end

local function trimmed(text)
  return text:match "^%s*(.-)%s*$"
end

---@param text string
---@return string[]  what stands between commas
function sql_scan.split(text)
  local parts, from = {}, 1
  while true do
    local comma = sql_scan.find(text, ",", from)
    local part = trimmed(text:sub(from, comma and comma - 1))
    if comma or part ~= "" then parts[#parts + 1] = part end
    if not comma then return parts end
    from = comma + 1
  end
end

return sql_scan
