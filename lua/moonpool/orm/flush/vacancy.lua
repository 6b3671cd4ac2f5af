-- A value for a column of a unique key that no other row has, for the time between two statements.
local column = require "moonpool.schema.column"
local entropy = require "moonpool.orm.entropy"
local generate = require "moonpool.orm.generate"
local null = require "moonpool.null"

local vacancy = {}

local COUNT = 1 << 30

local function text() return "moonpool:" .. generate.v4(entropy.random) end

-- Far below zero, where ordinary numbers seldom are; those of one flush follow each other.
local function number(serial) return -(COUNT + serial % COUNT) end

local MAKERS = { text = text, citext = text, varchar = text, int4 = number, int8 = number,
  uuid = function() return generate.v4(entropy.random) end }

---@return integer  where the numbers of one flush begin
function vacancy.first_serial()
  return (string.unpack(">I4", entropy.random(4)))
end

local function is_in(list, name)
  for _, other in ipairs(list) do
    if other == name then return true end
  end
  return false
end

-- Whether a check names the column, and the word.
local function is_checked(described, name, word)
  local pattern = "%f[%w_]" .. name:gsub("%W", "%%%0") .. "%f[^%w_]"
  for _, check in ipairs(described.checks) do
    local sql = tostring(check.expression):lower()
    if sql:find(pattern:lower()) and sql:find(word or "", 1, true) then return true end
  end
  return false
end

local function refers(described, name)
  for _, key in ipairs(described.foreign_keys) do
    if is_in(key.columns, name) then return true end
  end
  return false
end

-- NULL is told apart from NULL, unless the key says otherwise; and checks let it pass, unless they
-- are about it.
local function null_of(described, key)
  if key.nulls_not_distinct then return nil end
  for _, name in ipairs(key.columns) do
    local may_be = described.by_name[name].null and not is_checked(described, name, "null")
    if may_be then return name, null end
  end
end

local function value_of(described, key, serial)
  for _, name in ipairs(key.columns) do
    local item = described.by_name[name]
    local make = not item.dump and MAKERS[column.type_of(item)]
    local is_free = make and not item.generated and not item.labels
      and not refers(described, name) and not is_checked(described, name)
    if is_free then return name, make(serial) end
  end
end

---Keys by which rows are found have none.
---@param described moonpool.schema.Table
---@param key moonpool.orm.flush.UniqueKey
---@param serial integer  another one for each row
---@return string?  a column
---@return any  what it may be for a while
function vacancy.of(described, key, serial)
  if key.is_primary then return nil end
  local primary = described.primary_key
  local own = { columns = {}, nulls_not_distinct = key.nulls_not_distinct }
  for _, name in ipairs(key.columns) do
    if not (primary and is_in(primary.columns, name)) then own.columns[#own.columns + 1] = name end
  end
  local name, value = null_of(described, own)
  if name then return name, value end
  return value_of(described, own, serial)
end

return vacancy
