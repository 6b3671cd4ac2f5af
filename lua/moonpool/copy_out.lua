-- copy_out.lua - COPY of a table or query to the client: rows, ready bytes, or a file.
local copy_file = require "moonpool.copy_file"
local copy_text = require "moonpool.copy_text"
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"
local observation = require "moonpool.observation"
local options = require "moonpool.options"
local table_name = require "moonpool.sql.table_name"

local copy_out = {}

local OPTIONS = {
  { name = "format", kind = "choice", values = { "csv", "text", "binary" },
    doc = "of bytes as the server writes them; rows are decoded when it is left out" },
  { name = "file", kind = "string", doc = "a path to write the bytes to" },
  { name = "columns", kind = "table", doc = "of a table: their names; all when left out" },
  table.unpack(copy_text.FORMAT_OPTIONS),
}

local QUERY_WORDS = {}
for word in ("select values with table insert update delete"):gmatch "%a+" do
  QUERY_WORDS[word] = true
end

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

-- A query has more than one word, a table's name has one.
local function is_query(source)
  local word, rest = source:match "^[%s(]*(%a+)(.?)"
  return word ~= nil and rest ~= "." and QUERY_WORDS[word:lower()] ~= nil
    and source:find("[%s(]", #word) ~= nil
end

local function check_source(source)
  if type(source) ~= "string" then
    refuse(("copy_out takes a table's name or a query, got %s"):format(type(source)),
      'write db:copy_out "select ..." or db:copy_out "table"')
  end
end

local PLAIN_READS = { select = true, values = true, table = true }

-- Of a query that is no plain read the answer tells that it has been run.
local function note_write(source)
  local word = source:match "^[%s(]*(%a+)"
  if is_query(source) and not PLAIN_READS[word:lower()] then driver.note_write() end
end

-- A semicolon or a comment at its end must not swallow the parenthesis.
local function parenthesized(query)
  return "(" .. query:gsub("[%s;]+$", "") .. "\n)"
end

local function query_of(source, columns)
  if is_query(source) then
    if columns then refuse("columns are chosen of a table, not of a query", "name them in it") end
    return source
  end
  return copy_text.select(source, columns)
end

-- As the server prints it, which a cast does not for every type.
local PRINTED = "case when %s is distinct from null then format('%%s', %s) end"

-- What has no codec is sent as text.
local function readable(query, types)
  local items, is_plain = {}, true
  for place, column in ipairs(types) do
    local name = identifier.quote("c" .. place)
    items[place] = column.binary and name or PRINTED:format(name, name)
    is_plain = is_plain and column.binary
  end
  if is_plain or #items == 0 then return parenthesized(query) end
  local names = {}
  for place in ipairs(types) do names[place] = "c" .. place end
  return ("(select %s from %s as copied (%s))"):format(table.concat(items, ", "),
    parenthesized(query), table.concat(names, ", "))
end

-- Ends the COPY, and the connection where it is the COPY's own.
local Closer = {}
Closer.__index = Closer

function Closer:__close(err)
  self.copy:close()
  observation.tell(self.connection, self.sql, self.since, { rows = self.copy:rows(),
    error = errors.is_error(err) and err or nil })
  note_write(self.source)
  if self.owned then self.owned:close() end
end

local function iterate(begun, method, source, owned)
  local closer = setmetatable(begun, Closer)
  closer.source, closer.owned = source, owned
  local copy = begun.copy
  local function step()
    local item = method(copy)
    if item == nil and owned then owned:close() end
    return item
  end
  return owned and step or function() return method(copy) end, nil, nil, closer
end

local function begin(connection, sql, columns, is_binary)
  return { connection = connection, sql = sql, since = driver.system.hrtime(),
    copy = connection:copy_open(sql, "out", columns, is_binary) }
end

local function open_rows(connection, source, settings)
  local query = query_of(source, settings.columns)
  local columns = connection:bulk_columns(query)
  local sql = copy_text.to_stdout(readable(query, columns:list()), "binary", {})
  return begin(connection, sql, columns, true)
end

-- Asking for a query's columns first refuses what is not one statement.
local function bytes_source(connection, source, settings)
  if not is_query(source) then
    table_name.quote(source)
    return copy_text.target(source, settings.columns)
  end
  local query = query_of(source, settings.columns)
  connection:bulk_columns(query)
  return parenthesized(query)
end

local function open_bytes(connection, source, settings)
  local from = bytes_source(connection, source, settings)
  return begin(connection, copy_text.to_stdout(from, settings.format, settings), nil, false)
end

local function write_all(begun, file, path)
  local _ <close> = setmetatable(begun, Closer)
  local copy = begun.copy
  for bytes in copy.read, copy do copy_file.write(file, path, bytes) end
  copy_file.close(file, path)
  return copy:rows()
end

local function to_file(connection, source, settings)
  local file <close> = copy_file.open(settings.file, "wb")
  local begun = open_bytes(connection, source, settings)
  begun.source = source
  return write_all(begun, file, settings.file)
end

local function read(given)
  local settings = options.read(OPTIONS, given, { kind = "bad_argument", what = "copy_out" })
  if settings.format then return settings end
  if settings.file then
    refuse("the format of the file is missing", 'give format = "csv", "text" or "binary"')
  end
  for _, row in ipairs(copy_text.FORMAT_OPTIONS) do
    if settings[row.name] ~= nil then
      refuse(("the option %s is for bytes"):format(row.name), 'give format = "csv" too')
    end
  end
  return settings
end

local function run(connection, source, settings, owned)
  if settings.file then return to_file(connection, source, settings) end
  local open = settings.format and open_bytes or open_rows
  local begun = open(connection, source, settings)
  local copy = begun.copy
  return iterate(begun, settings.format and copy.read or copy.next, source, owned)
end

---For a generic `for`: the rows of a table or query as tables; with `format` the server's own
---bytes, in chunks of whole lines. With `file` they are written there, and counted.
---@async
---@param connection moonpool.Connection
---@param source string  a query, or a table's name
---@param given table?
---@return integer|fun(): any
function copy_out.on_connection(connection, source, given)
  check_source(source)
  return run(connection, source, read(given))
end

local function pass(connection, settings, ok, ...)
  if not ok then
    connection:close()
    error((...), 0)
  end
  if settings.file then connection:close() end
  return ...
end

---The same on a connection of its own, until the last row was read or the loop was left.
---@async
function copy_out.on_engine(engine, source, given)
  check_source(source)
  local settings = read(given)
  local connection = engine:connect()
  return pass(connection, settings, pcall(run, connection, source, settings, connection))
end

return copy_out
