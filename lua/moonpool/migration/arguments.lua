-- Reads the arguments of an operation's call by the rows of its definition; pure.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local identifier = require "moonpool.sql.identifier"
local suggest = require "moonpool.util.suggest"

local arguments = {}

local function is_text(value)
  return type(value) == "string" and value ~= "" and not value:find("\0", 1, true)
end

local function check_identifier(value)
  local _, err = errors.try(identifier.quote, value)
  return err and err.message
end

local function is_plain_table(value)
  return type(value) == "table" and not expression.is_expression(value)
end

local function as_list(value)
  if is_plain_table(value) then return { table.unpack(value) } end
  return { value }
end

local function each(list, check)
  if #list == 0 then return nil, "is empty" end
  for index, item in ipairs(list) do
    local _, complaint = check(item)
    if complaint then return nil, ("[%d] %s"):format(index, complaint) end
  end
  return list
end

local readers = {}

function readers.identifier(value)
  if not is_text(value) then return nil, "is not a name" end
  local complaint = check_identifier(value)
  if complaint then return nil, complaint end
  return value
end

-- `schema.name` or `name`.
function readers.name(value)
  if not is_text(value) then return nil, "is not a name such as \"orders\" or \"app.orders\"" end
  local schema, name = value:match("^([^.]*)%.(.*)$")
  local complaint = check_identifier(name or value) or schema and check_identifier(schema)
  if complaint then return nil, complaint end
  return value
end

function readers.identifiers(value)
  return each(as_list(value), readers.identifier)
end

function readers.elements(value)
  return each(as_list(value), function(item)
    if expression.is_expression(item) then return item end
    return readers.identifier(item)
  end)
end

function readers.expression(value)
  if expression.is_expression(value) or is_text(value) then return value end
  return nil, "is not an SQL expression"
end

function readers.text(value)
  if is_text(value) then return value end
  return nil, "is not a text of SQL"
end

function readers.boolean(value)
  if type(value) == "boolean" then return value end
  return nil, "is neither true nor false"
end

function readers.accepted(value)
  if value == "accepted" then return value end
  return nil, "is not the word \"accepted\""
end

function readers.codes(value)
  return each(as_list(value), function(code)
    if type(code) == "string" and (code:find("^MP%d%d$") or code == "all") then return code end
    return nil, "is not a code such as \"MP15\""
  end)
end

local function refuse(definition, message)
  errors.raise {
    kind = "bad_argument",
    message = ("op:%s: %s"):format(definition.name, message),
    hint = arguments.usage(definition),
  }
end

local function reader_of(kind)
  return type(kind) == "function" and kind or readers[kind]
end

local function read_options(definition, given)
  local result = {}
  if given ~= nil and type(given) ~= "table" then
    refuse(definition, ("the options are a %s"):format(type(given)))
  end
  local known = { allow = "codes" }
  for key, kind in pairs(definition.options or {}) do known[key] = kind end
  for key, value in pairs(given or {}) do
    if not known[key] then
      refuse(definition, ("unknown option %q%s"):format(tostring(key), suggest.phrase(key, known)))
    end
    local read, complaint = reader_of(known[key])(value)
    if complaint then refuse(definition, ("option %q %s"):format(key, complaint)) end
    result[key] = read
  end
  return result
end

local function looks_like_options(value)
  return value == nil or is_plain_table(value) and value[1] == nil
end

local function read_rows(definition, given)
  local result, at = {}, 1
  for _, row in ipairs(definition.arguments) do
    local value = given[at]
    if not (row.optional and looks_like_options(value) and at >= given.n) then
      local read, complaint = reader_of(row[2])(value)
      if complaint then
        refuse(definition, ("%s %s"):format(row[1], value == nil and "is missing" or complaint))
      end
      result[row[1]] = read
      at = at + 1
    end
  end
  return result, at
end

---How an operation is called.
---@param definition table
---@return string
function arguments.usage(definition)
  local names = {}
  for index, row in ipairs(definition.arguments) do names[index] = row[1] end
  local keys = {}
  for key in pairs(definition.options or {}) do keys[#keys + 1] = key .. " =" end
  table.sort(keys)
  if #keys > 0 then names[#names + 1] = ("{ %s }"):format(table.concat(keys, ", ")) end
  return ("op:%s(%s)"):format(definition.name, table.concat(names, ", "))
end

---Check a call and make it data. Raises `bad_argument`.
---@param definition table  an operation's file
---@return moonpool.migration.Operation
function arguments.read(definition, ...)
  local given = table.pack(...)
  local read, at = read_rows(definition, given)
  local options = read_options(definition, given[at])
  if given.n > at then
    refuse(definition, ("there are %d arguments too many"):format(given.n - at))
  end
  if definition.check then definition.check(read, options) end
  return { name = definition.name, arguments = read, options = options }
end

return arguments
