-- rows.lua - what a sequence of rows can do: db:query(sql):as(User).
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local lazy = require "moonpool.util.lazy"

-- Most programs read rows and know of no model.
local orm = lazy.fields({}, { mapper = { "moonpool.orm.mapper" },
  model = { "moonpool.orm.model" } })

local Rows = {}

---The rows as instances of a model, which no session knows; they are taken over. Columns that the
---model does not have stay fields.
---@param model moonpool.Model
---@return table[]
function Rows:as(model)
  if not orm.model.is_model(model) then
    errors.raise { kind = "bad_argument",
      message = ("rows are read as instances of a model, not of a %s"):format(type(model)),
      hint = "db:query(sql):as(User)" }
  end
  if self[1] and getmetatable(self[1]) then
    errors.raise { kind = "bad_argument", message = "these rows have no names of columns",
      hint = "take query for tuples, and its rows once: db:query(sql):as(User)" }
  end
  return orm.mapper.load_all(model, self)
end

local function refuse(kind, hint, message, ...)
  errors.raise { kind = kind, message = message:format(...), hint = hint }
end

local function check_column(rows, name)
  for _, column in ipairs(rows.columns) do
    if column.name == name then return end
  end
  refuse("bad_argument", 'name one that the statement selects: db:query(sql):index_by "id"',
    "these rows have no column %q", tostring(name))
end

local function check_key(by_key, name, key)
  if key == nil then
    refuse("bad_argument", "leave rows out where it is NULL", "%s is NULL in a row", name)
  elseif type(key) == "userdata" or type(key) == "table" then
    refuse("bad_argument", "select it cast to text", "a %s is no key, as its equal is another",
      type(key))
  elseif by_key[key] then
    refuse("multiple_rows", "index by what is unique, or group the rows in a loop",
      "%s is %s in more than one row", name, tostring(key))
  end
end

---The rows by the value that each has in a column: { [row[name]] = row }. NULL, a value of two rows
---and one that Lua does not find again (a decimal, a timestamp) raise.
---@param name string
---@return table<any, table>
function Rows:index_by(name)
  check_column(self, name)
  local by_key = {}
  for _, row in ipairs(self) do
    local key = row[name]
    check_key(by_key, name, key)
    by_key[key] = row
  end
  return by_key
end

driver.set_rows_class { __index = Rows }

return Rows
