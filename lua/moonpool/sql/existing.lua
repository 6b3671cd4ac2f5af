-- The rows that were in an insert's way, for `ignore { return_existing = true }`.
local construct = require "moonpool.sql.construct"
local expression = require "moonpool.sql.expression"
local rows = require "moonpool.sql.rows"
local select = require "moonpool.sql.select"
local statement = require "moonpool.sql.statement"

local existing = {}

local function check(self)
  local names = self.conflict.names
  if #names == 0 then
    statement.refuse("return_existing has to know the key",
      'name its columns: on_conflict("email")')
  end
  for _, name in ipairs(names) do
    if not name then
      statement.refuse("return_existing cannot look up an expression",
        "use a key of columns, or update { ... }")
    end
  end
  if not self.given_rows then
    statement.refuse("return_existing looks up rows of values, and here is a select",
      "use :values, or update { ... }")
  end
  for _, name in ipairs(names) do
    for _, row in ipairs(self.given_rows) do
      if row[name] == nil then
        statement.refuse(('return_existing: a row has no "%s", which is in the key'):format(name),
          "give every row its key")
      end
    end
  end
end

local function place_of(names, name)
  for at, known in ipairs(names) do
    if known == name then return at end
  end
end

-- The parameters of the insert itself, so that each value is sent once.
local function key_arrays(self, names)
  local arrays = {}
  for at, name in ipairs(names) do
    arrays[at] = self.unnest.arrays[place_of(self.given_names, name)]
  end
  return arrays
end

local function key_rows(self, names)
  local items = {}
  for at, row in ipairs(self.rows) do
    local key = {}
    for place, name in ipairs(names) do key[place] = row.items[place_of(self.given_names, name)] end
    items[at] = #key == 1 and key[1] or construct.row(key)
  end
  return items
end

local function condition(self)
  local names, columns = self.conflict.names, {}
  for at, name in ipairs(names) do columns[at] = self.source:column(name) end
  if self.unnest and #names == 1 then
    return columns[1]:one_of(key_arrays(self, names)[1])
  end
  if self.unnest then
    return construct.row(columns):one_of(select {}:from(
      rows.keys(key_arrays(self, names), names, self.given_types)))
  end
  local left = #columns == 1 and columns[1] or construct.row(columns)
  return left:one_of(key_rows(self, names))
end

---The select of what was there already, with the same columns as the insert returns.
---@param self table  an insert
function existing.query(self)
  check(self)
  local results = #self.results > 0 and self.results or { expression.star() }
  return statement.with(select {}:from(self.source):where(condition(self),
    table.unpack(self.conflict.target_conditions)), "columns", results)
end

local function key_text(row, names)
  local parts = {}
  for at, name in ipairs(names) do
    local value = row[name]
    parts[at] = ("%s:%s"):format(type(value), tostring(value))
  end
  return table.concat(parts, "\0")
end

---@return integer  how many different keys the rows have
function existing.key_count(self)
  local seen, count = {}, 0
  for _, row in ipairs(self.given_rows) do
    local key = key_text(row, self.conflict.names)
    if not seen[key] then
      seen[key], count = true, count + 1
    end
  end
  return count
end

return existing
