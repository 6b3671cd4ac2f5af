-- control_file.lua - reads Debian control stanzas from chunks of text, one stanza at a time.
local byte, find, match, sub = string.byte, string.find, string.match, string.sub
local lower = string.lower

---A stanza longer than this is not an index but noise; without a bound one would fill the memory.
local LONGEST_STANZA = 8 * 1024 * 1024

local NEWLINE, SPACE, TAB = 10, 32, 9

local control_file = {}

-- Gives chunks with "\n" line ends only. A "\r" at a chunk's end waits for the next one.
local function unix_lines(read)
  local held = ""
  return function()
    local chunk = read()
    if not chunk then
      chunk, held = held, ""
      return chunk ~= "" and chunk or nil
    end
    if held == "" and not find(chunk, "\r", 1, true) then return chunk end
    chunk, held = held .. chunk, ""
    if sub(chunk, -1) == "\r" then chunk, held = sub(chunk, 1, -2), "\r" end
    return (string.gsub(chunk, "\r\n", "\n"))
  end
end

---Gives the text of each stanza of a stream, without the empty lines around it.
---@param read fun(): string?  the next chunk, nil at the end
---@return fun(): string?
function control_file.texts(read)
  local next_chunk = unix_lines(read)
  local buffer, from, finished = "", 1, false

  local function more()
    local seen = #buffer - from + 1
    if seen > LONGEST_STANZA then
      error(("the package index has a stanza longer than %d bytes: it begins with %q; is it an "
        .. "index?"):format(LONGEST_STANZA, sub(buffer, from, from + 60)), 0)
    end
    local chunk = next_chunk()
    finished = chunk == nil
    buffer, from = sub(buffer, from) .. (chunk or ""), 1
    return seen
  end

  return function()
    local looked = from
    while true do
      local stop, last = find(buffer, "\n\n", looked, true)
      if stop and stop <= from then
        from, looked = last, last
      elseif stop then
        local text = sub(buffer, byte(buffer, from) == NEWLINE and from + 1 or from, stop - 1)
        from = last
        return text
      elseif finished then
        local text = match(sub(buffer, from), "^\n*(.-)%s*$")
        buffer, from = "", 1
        return text ~= "" and text or nil
      else
        looked = math.max(1, more() - 1)
      end
    end
  end
end

-- Where a value that may have blanks behind it ends.
local function value_end(text, stop)
  local last = byte(text, stop)
  while last == SPACE or last == TAB do
    stop = stop - 1
    last = byte(text, stop)
  end
  return stop
end

---Reads the fields of one stanza. Names are in lower case; a value keeps the line ends of its
---continuation lines, and of two fields of the same name the last counts.
---@param text string
---@return table<string, string> fields
---@return string[]? broken  the lines that are no field; nil when all are
function control_file.fields(text)
  local fields, broken = {}, nil
  local position, length = 1, #text
  while position <= length do
    local stop = find(text, "\n[^ \t]", position) or length + 1
    local name, from = match(text, "^([^%s:]+):[ \t]*()", position)
    if name then
      fields[lower(name)] = sub(text, from, value_end(text, stop - 1))
    elseif sub(text, position, position) ~= "#" then
      broken = broken or {}
      broken[#broken + 1] = sub(text, position, stop - 1)
    end
    position = stop + 1
  end
  return fields, broken
end

return control_file
