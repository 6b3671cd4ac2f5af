-- Reads an options table by rows: fills in defaults, refuses unknown keys and wrong values.
local errors = require "moonpool.errors"
local suggest = require "moonpool.util.suggest"
local text = require "moonpool.util.text"

local options = {}

---@class moonpool.OptionRow
---@field name string
---@field kind string?  a key of `readers` below; absent where `rows` is given
---@field rows moonpool.OptionRow[]?  a nested table of options
---@field default any
---@field required boolean?
---@field min number?  least number allowed
---@field max number?  greatest number allowed
---@field values string[]?  of a choice
---@field doc string?

local MAX_SECONDS = 1e9

local readers = {}

local function is_finite(value)
  return type(value) == "number" and value == value and math.abs(value) ~= math.huge
end

local function in_range(row, value)
  return value >= (row.min or -math.huge) and value <= (row.max or math.huge)
end

local function bounds(row)
  if row.min and row.max then return (" from %s to %s"):format(row.min, row.max) end
  if row.min then return (" of at least %s"):format(row.min) end
  return row.max and (" of at most %s"):format(row.max) or ""
end

function readers.number(row, value)
  return is_finite(value) and in_range(row, value), "a number" .. bounds(row)
end

function readers.integer(row, value)
  return math.type(value) == "integer" and in_range(row, value), "an integer" .. bounds(row)
end

-- `false` switches the bound off; 0 is not "for ever", so it is refused.
function readers.duration(_, value)
  local fits = value == false or is_finite(value) and value > 0 and value <= MAX_SECONDS
  return fits, "a number of seconds > 0, or false for no bound"
end

-- A count that may be switched off.
function readers.limit(row, value)
  return value == false or (readers.integer(row,
    value)), "an integer" .. bounds(row) .. ", or false"
end

function readers.boolean(_, value)
  return type(value) == "boolean", "true or false"
end

function readers.string(_, value)
  return type(value) == "string" and not value:find("\0", 1, true), "a string without NUL bytes"
end

function readers.strings(_, value)
  if type(value) ~= "table" then return false, "a list of strings" end
  for _, item in pairs(value) do
    if not readers.string(nil, item) then return false, "a list of strings" end
  end
  return true
end

readers["function"] = function(_, value)
  return type(value) == "function", "a function"
end

-- One that stands there, or what finds it out.
function readers.password(_, value)
  if type(value) == "function" then return true end
  return readers.string(nil, value), "a string without NUL bytes, or a function that gives one"
end

function readers.table(_, value)
  return type(value) == "table", "a table"
end

function readers.any()
  return true
end

function readers.choice(row, value)
  for _, allowed in ipairs(row.values) do
    if value == allowed then return true end
  end
  return false, 'one of "' .. table.concat(row.values, '", "') .. '"'
end

-- Names to texts; numbers and booleans are written as the server reads them.
function readers.settings(_, value)
  if type(value) ~= "table" then return false, "a table of settings by name" end
  for name, setting in pairs(value) do
    local plain = readers.string(nil, setting) or type(setting) == "boolean" or is_finite(setting)
    if not readers.string(nil, name) or not plain then
      return false, ("a table of settings by name (%s is not one)"):format(text.show(name))
    end
  end
  return true
end

local function refuse(context, message, hint)
  errors.raise { kind = context.kind, message = context.what .. ": " .. message, hint = hint }
end

local function names_of(rows)
  local names = {}
  for _, row in ipairs(rows) do names[row.name] = true end
  return names
end

-- An option may stand a level too high, or be known by one of its words: "max", "timeout".
local function find_elsewhere(rows, key)
  local by_word = {}
  for _, row in ipairs(rows) do
    local nested = row.rows and suggest.nearest(key, names_of(row.rows))
    if nested then return row.name .. "." .. nested end
    for word in row.name:gmatch "[^_]+" do by_word[word] = row.name end
  end
  return by_word[suggest.nearest(key, by_word) or false]
end

local function suggestion(rows, key)
  local near = suggest.nearest(key, names_of(rows)) or find_elsewhere(rows, key)
  return near and (' (did you mean "%s"?)'):format(near) or ""
end

local function refuse_unknown(rows, given, context)
  local names = names_of(rows)
  local unknown = {}
  for key in pairs(given) do
    if not names[key] then unknown[#unknown + 1] = tostring(key) end
  end
  if #unknown == 0 then return end
  table.sort(unknown)
  local known = {}
  for _, row in ipairs(rows) do known[#known + 1] = row.name end
  refuse(context,
    ('unknown option "%s%s"%s'):format(context.prefix, unknown[1], suggestion(rows, unknown[1])),
    #known == 0 and "leave it out: there are no options here"
      or "the options here are: " .. table.concat(known, ", "))
end

local read_rows

local function read_value(row, value, context)
  local name = context.prefix .. row.name
  if row.rows then
    if value ~= nil and type(value) ~= "table" then
      refuse(context, ('option "%s" must be a table, not %s'):format(name, text.show(value)))
    end
    local nested = { kind = context.kind, what = context.what, prefix = name .. "." }
    return read_rows(row.rows, value or {}, nested)
  end
  if value == nil then
    if row.required then refuse(context, ('option "%s" is missing'):format(name), row.doc) end
    return row.default
  end
  local fits, expected = readers[row.kind](row, value)
  if fits then return value end
  refuse(context, ('option "%s" must be %s, not %s'):format(name, expected, text.show(value)),
    row.doc)
end

function read_rows(rows, given, context)
  refuse_unknown(rows, given, context)
  local result = {}
  for _, row in ipairs(rows) do result[row.name] = read_value(row, given[row.name], context) end
  return result
end

local function is_plain(rows)
  for _, row in ipairs(rows) do
    if row.rows or row.required then return false end
  end
  return true
end

-- Of rows of which none has to be given: what is read where nothing is. Mostly nothing is.
local defaults = setmetatable({}, { __mode = "k" })

local function defaults_of(rows)
  local found = defaults[rows]
  if found == nil then
    found = is_plain(rows) and {}
    for _, row in ipairs(found and rows or {}) do found[row.name] = row.default end
    defaults[rows] = found
  end
  return found
end

local function copy_of(values)
  local copy = {}
  for name, value in pairs(values) do copy[name] = value end
  return copy
end

---Raises the context's kind for an unknown key (with a suggestion), a wrong type or a wrong range.
---@param rows moonpool.OptionRow[]
---@param given table?  never changed
---@param context { kind: string, what: string }  the error's kind, and whose options these are
---@return table  a new table with every default filled in
function options.read(rows, given, context)
  local plain = given == nil and defaults_of(rows)
  if plain then return copy_of(plain) end
  local place = { kind = context.kind, what = context.what, prefix = "" }
  if given ~= nil and type(given) ~= "table" then
    refuse(place, ("options must be a table, not %s"):format(text.show(given)))
  end
  return read_rows(rows, given or {}, place)
end

return options
