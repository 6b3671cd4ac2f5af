-- copy_in.lua - COPY into a table: rows encoded by the columns' types, or ready bytes as they are.
local copy_file = require "moonpool.copy_file"
local copy_text = require "moonpool.copy_text"
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local observation = require "moonpool.observation"
local options = require "moonpool.options"

local copy_in = {}

local OPTIONS = {
  { name = "format", kind = "choice", values = { "binary", "text", "csv" },
    doc = "of rows: binary or text, chosen by their types when left out; of ready bytes: theirs" },
  { name = "source", kind = "function", doc = "an iterator that gives ready bytes" },
  { name = "file", kind = "string", doc = "a path to read ready bytes from" },
  table.unpack(copy_text.FORMAT_OPTIONS),
}

local GENERATED = [[
  select attname from pg_attribute
    where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attgenerated = ''
    order by attnum]]

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function read(given)
  return options.read(OPTIONS, given, { kind = "bad_argument", what = "copy_in" })
end

local function check_rows(rows)
  if type(rows) == "table" or type(rows) == "function" then return rows end
  refuse(("copy_in takes a list of rows or an iterator of them, got %s"):format(type(rows)),
    "write db:copy_in(table, columns, { { 1, 2 }, { 3, 4 } })")
end

-- Strings for a type that is no string are for the server to parse, which a binary COPY cannot.
local function needs_text(columns, row)
  for place, column in ipairs(columns) do
    local value
    if type(row) == "table" then
      value = row[place]
      if value == nil then value = row[column.name] end
    end
    if not column.binary or column.parsed and type(value) == "string" then return true end
  end
  return false
end

-- `first` has been taken from the iterator already.
local function add_from_iterator(copy, iterator, first)
  local row = first
  while row ~= nil do
    if copy:add(row) then copy:flush() end
    row = iterator()
  end
end

local function add_from_list(copy, rows)
  local at = copy:add_list(rows, 1)
  while at do
    copy:flush()
    at = copy:add_list(rows, at)
  end
end

local function add_all(copy, rows, first)
  if type(rows) == "function" then return add_from_iterator(copy, rows, first) end
  add_from_list(copy, rows)
end

-- An error of the encoder says where the value stands; every other one passes as it is.
local function name_place(copy, err)
  local row, column = copy:place()
  if row and errors.is_error(err, "encode") then
    err.message = ("%s (row %d, column \"%s\")"):format(err.message, row, column or "?")
  end
  return err
end

-- Leaving the block without `finish` ends the COPY with nothing stored.
local function feed_all(copy_, feed, ...)
  local copy <close> = copy_
  local ok, err = pcall(feed, copy, ...)
  if not ok then error(name_place(copy, err), 0) end
  return copy:finish()
end

local function run(connection, sql, columns, is_binary, ...)
  local since = driver.system.hrtime()
  local copy = connection:copy_open(sql, "in", columns, is_binary)
  local ok, outcome = pcall(feed_all, copy, ...)
  observation.tell(connection, sql, since, { error = not ok and outcome or nil,
    rows = ok and outcome or 0 })
  if not ok then error(outcome, 0) end
  return outcome
end

local function all_columns(connection, table_)
  return connection:column(GENERATED, copy_text.target(table_))
end

local function check_format(settings)
  if settings.format == "csv" then
    refuse("rows are encoded as binary or text, not as csv",
      "give csv as ready bytes: the option source or file")
  end
  for _, row in ipairs(copy_text.FORMAT_OPTIONS) do
    if settings[row.name] ~= nil then
      refuse(("the option %s is for ready bytes"):format(row.name), "leave it out for rows")
    end
  end
end

local function copy_rows(connection, table_, columns, rows, settings)
  check_format(settings)
  local names = columns or all_columns(connection, table_)
  local types = connection:bulk_columns(copy_text.select(table_, names))
  local first
  if type(rows) == "function" then first = rows() else first = rows[1] end
  local format = settings.format or (needs_text(types:list(), first) and "text" or "binary")
  if format == "binary" and needs_text(types:list(), {}) then
    refuse("a column's type cannot be sent in binary", "leave the option format out")
  end
  local sql = copy_text.from_stdin(table_, names, format, {})
  return run(connection, sql, types, format == "binary", add_all, rows, first)
end

local function add_bytes(copy, source)
  local bytes = source()
  while bytes ~= nil do
    if copy:add_bytes(bytes) then copy:flush() end
    bytes = source()
  end
end

local function copy_bytes(connection, table_, columns, source, settings)
  if not settings.format then
    refuse("the format of ready bytes is missing", 'give format = "csv", "text" or "binary"')
  end
  local sql = copy_text.from_stdin(table_, columns, settings.format, settings)
  return run(connection, sql, nil, false, add_bytes, source)
end

local function copy_from_file(connection, table_, columns, settings)
  local file <close> = copy_file.open(settings.file, "rb")
  return copy_bytes(connection, table_, columns, copy_file.chunks(file, settings.file), settings)
end

local function count(...)
  local given = 0
  for at = 1, select("#", ...) do
    if select(at, ...) ~= nil then given = given + 1 end
  end
  return given
end

---Copy rows into a table. Nothing is stored when it fails.
---@async
---@param connection moonpool.Connection
---@param table_ string  `table`, `schema.table`, parts in double quotes where needed
---@param columns string[]?  all that are not generated when left out
---@param rows table[]|fun():table?  lists in the order of the columns, or tables by their names
---@param given table?
---@return integer count  of the rows stored
function copy_in.on_connection(connection, table_, columns, rows, given)
  local settings = read(given)
  if count(rows, settings.source, settings.file) > 1 then
    refuse("copy_in takes rows, a source or a file, one of them", "leave the others out")
  end
  if settings.file then return copy_from_file(connection, table_, columns, settings) end
  if settings.source then
    return copy_bytes(connection, table_, columns, settings.source, settings)
  end
  return copy_rows(connection, table_, columns, check_rows(rows), settings)
end

---The same on a connection of its own.
---@async
---@return integer count
function copy_in.on_engine(engine, ...)
  local connection <close> = engine:connect()
  return copy_in.on_connection(connection, ...)
end

return copy_in
