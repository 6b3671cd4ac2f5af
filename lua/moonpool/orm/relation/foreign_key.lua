-- Which columns of one table lead to another: found in its foreign keys, or refused by name; pure.
local errors = require "moonpool.errors"
local singular = require "moonpool.util.singular"
local suggest = require "moonpool.util.suggest"

local foreign_key = {}

local function refuse(what, message, hint)
  errors.raise { kind = "bad_argument", message = what .. ": " .. message, hint = hint }
end

local function leads_to(key, from, to)
  local schema = key.schema or from.schema
  return key.table == to.name and (schema or "public") == (to.schema or "public")
end

---@param from moonpool.schema.Table
---@param to moonpool.schema.Table
---@return moonpool.schema.Constraint[]
local function between(from, to)
  local found = {}
  for _, key in ipairs(from.foreign_keys) do
    if leads_to(key, from, to) then found[#found + 1] = key end
  end
  return found
end

---@return boolean
function foreign_key.same(a, b)
  if #a ~= #b then return false end
  for at, name in ipairs(a) do
    if b[at] ~= name then return false end
  end
  return true
end

---Raises `bad_argument` with a suggestion for a name that is no column of the table.
---@param described moonpool.schema.Table
---@param names string[]
---@param what string  whose option names them
---@return string[]
function foreign_key.check(described, names, what)
  for _, name in ipairs(names) do
    if not described.by_name[name] then
      refuse(what, ('table "%s" has no column "%s"%s'):format(described.name, name,
        suggest.phrase(name, described.by_name)),
        "its columns are: " .. table.concat(described:column_names(), ", "))
    end
  end
  return names
end

---The columns that a table's key consists of.
---@return string[]
function foreign_key.of_key(described, what)
  if described.primary_key then return described.primary_key.columns end
  refuse(what, ('table "%s" has no primary key'):format(described.name),
    'say which columns are referred to: key = "..."')
end

local function refuse_several(found, from, to, what, option)
  local lists = {}
  for at, key in ipairs(found) do lists[at] = table.concat(key.columns, ", ") end
  refuse(what, ('"%s" leads to "%s" in %d ways (by %s)'):format(from.name, to.name, #found,
    table.concat(lists, "; by ")), ('say which: %s = "%s"'):format(option, found[1].columns[1]))
end

local function of_convention(from, to, what, option)
  local name = singular(to.name) .. "_id"
  if from.by_name[name] then return { name }, foreign_key.of_key(to, what) end
  refuse(what, ('table "%s" has no foreign key to "%s"'):format(from.name, to.name),
    ('say which column leads there: %s = "..."'):format(option))
end

local function of_columns(from, to, columns, what)
  for _, key in ipairs(between(from, to)) do
    if foreign_key.same(key.columns, columns) then return columns, key.target end
  end
  return columns, foreign_key.of_key(to, what)
end

---The columns of `from` that lead to `to`, and those of `to` that they refer to. Raises
---`bad_argument` where there is none, or more than one and nobody says which.
---@param from moonpool.schema.Table
---@param to moonpool.schema.Table
---@param columns string[]?  named by the relation
---@param what string  for messages: whose relation
---@param option string  how the columns are named in the relation
---@return string[] columns
---@return string[] keys
function foreign_key.find(from, to, columns, what, option)
  if columns then
    return of_columns(from, to, foreign_key.check(from, columns, what), what)
  end
  local found = between(from, to)
  if #found > 1 then refuse_several(found, from, to, what, option) end
  if #found == 1 then return found[1].columns, found[1].target end
  return of_convention(from, to, what, option)
end

return foreign_key
