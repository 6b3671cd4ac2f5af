-- text_table.lua - rows as a table of text for people, numbers to the right.
local text_table = {}

local function cell(value)
  if math.type(value) == "integer" then
    local digits = tostring(value):reverse():gsub("(%d%d%d)", "%1,"):reverse()
    return (digits:gsub("^(%-?),", "%1"))
  end
  return tostring(value)
end

local function widths(columns, rows)
  local list = {}
  for index, column in ipairs(columns) do
    list[index] = utf8.len(column) or #column
    for _, row in ipairs(rows) do
      local text = cell(row[index])
      list[index] = math.max(list[index], utf8.len(text) or #text)
    end
  end
  return list
end

local function padded(text, width, to_right)
  local blanks = (" "):rep(width - (utf8.len(text) or #text))
  return to_right and blanks .. text or text .. blanks
end

local function line(values, columns_widths, to_right)
  local parts = {}
  for index, value in ipairs(values) do
    parts[index] = padded(cell(value), columns_widths[index], to_right[index])
  end
  return ("  " .. table.concat(parts, "  "):gsub("%s+$", ""))
end

---@param columns string[]  headings
---@param rows any[][]  a value for each column
---@return string[]  lines
function text_table.lines(columns, rows)
  local columns_widths, to_right = widths(columns, rows), {}
  for index in ipairs(columns) do
    to_right[index] = rows[1] ~= nil and type(rows[1][index]) == "number"
  end
  local lines = { line(columns, columns_widths, to_right) }
  for _, row in ipairs(rows) do lines[#lines + 1] = line(row, columns_widths, to_right) end
  return lines
end

return text_table
