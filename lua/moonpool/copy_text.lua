-- The text of COPY commands: tables, columns and format options as SQL.
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"
local literal = require "moonpool.sql.literal"
local table_name = require "moonpool.sql.table_name"

local copy_text = {}

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

---How the bytes of a format look, as rows of `moonpool.options`; the server's when left out.
copy_text.FORMAT_OPTIONS = {
  { name = "header", kind = "boolean", doc = "csv or text: the first line has the names" },
  { name = "delimiter", kind = "string", doc = "csv or text: one byte between values" },
  { name = "null", kind = "string", doc = "csv or text: what stands for NULL" },
  { name = "quote", kind = "string", doc = "csv: the quoting character" },
  { name = "escape", kind = "string", doc = "csv: what goes before a quote inside quotes" },
}

local function format_clause(format, settings)
  local parts = { "format " .. format }
  for _, row in ipairs(copy_text.FORMAT_OPTIONS) do
    local value = settings[row.name]
    if type(value) == "boolean" then parts[#parts + 1] = row.name .. " " .. tostring(value) end
    if type(value) == "string" then
      parts[#parts + 1] = row.name .. " " .. literal.quote(value)
    end
  end
  return " (" .. table.concat(parts, ", ") .. ")"
end

local function check_columns(columns)
  if type(columns) ~= "table" or #columns == 0 then
    refuse("the columns of a COPY are a list of names",
      'write db:copy_in("table", { "a", "b" }, rows); nil means all of them')
  end
  return columns
end

---@param table_ string
---@param columns string[]?
---@return string
function copy_text.target(table_, columns)
  local name = table_name.quote(table_)
  if columns == nil then return name end
  return ("%s (%s)"):format(name, identifier.list(check_columns(columns)))
end

---The query whose columns are those of the COPY.
---@return string
function copy_text.select(table_, columns)
  local list = columns and identifier.list(check_columns(columns)) or "*"
  return ("select %s from %s"):format(list, table_name.quote(table_))
end

---@return string
function copy_text.from_stdin(table_, columns, format, settings)
  return "copy " .. copy_text.target(table_, columns) .. " from stdin"
    .. format_clause(format, settings)
end

---@param source string  a table, or a query in parentheses
---@return string
function copy_text.to_stdout(source, format, settings)
  return "copy " .. source .. " to stdout" .. format_clause(format, settings)
end

return copy_text
