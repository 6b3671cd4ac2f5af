-- The texts of a flush: many rows as one array for each column, so that a text has one plan; pure.
local identifier = require "moonpool.sql.identifier"
local vectors = require "moonpool.orm.flush.vectors"

local sql = {}

---What the server says, in the message of an error, when a statement finds fewer rows than it must.
sql.STALE = "moonpool: a row has changed or gone"

local quote = identifier.quote

local function mapped(names, fn)
  local texts = {}
  for at, name in ipairs(names) do texts[at] = fn(name, at) end
  return table.concat(texts, ", ")
end

local function placeholders(names)
  return mapped(names, function(_, at) return "$" .. at end)
end

local function unnested(elements)
  return ("unnest(%s)"):format(mapped(elements, function(element, at)
    return ("$%d::%s[]"):format(at, element)
  end))
end

local function returning(names)
  return #names > 0 and " returning " .. identifier.list(names) or ""
end

---@param table_name string  quoted
---@param names string[]
---@param returned string[]
---@return string  for one row: its values are the parameters
function sql.insert_row(table_name, names, returned)
  if #names == 0 then
    return ("insert into %s default values%s"):format(table_name, returning(returned))
  end
  return ("insert into %s (%s) values (%s)%s"):format(table_name, identifier.list(names),
    placeholders(names), returning(returned))
end

local function lettered(letter, count)
  local names = {}
  for at = 1, count do names[at] = letter .. at end
  return names
end

---@param list moonpool.orm.flush.Vector[]  how the columns' values travel
---@return string  for any number of rows: an array for each column
function sql.insert_rows(table_name, names, list, returned)
  local given_names = lettered("v", #names)
  local from, ordered = vectors.source(list, given_names)
  local values, alias = "*", ""
  if not vectors.are_plain(list) then
    values = mapped(given_names, function(name, at) return vectors.value(list[at], name) end)
    alias = (" as given(%s)"):format(table.concat(ordered, ", "))
  end
  return ("insert into %s (%s) select %s from %s%s%s"):format(table_name,
    identifier.list(names), values, from, alias, returning(returned))
end

-- Fails where fewer rows were found than there must be: nothing else would stop a COMMIT that is
-- already on its way behind it.
local CHECK = "case when (select count(*) from changed) = %s then '0' else '%s' end::integer"

---@param statement string  it returns a row for each that it finds
---@param count string  SQL: how many there must be
---@param returned string[]
---@return string
function sql.checked(statement, count, returned)
  local check = ("select (%s) as moonpool_check"):format(CHECK:format(count, sql.STALE))
  if #returned == 0 then return ("with changed as (%s) %s"):format(statement, check) end
  -- On the left, so that it is looked at where nothing was changed, too.
  return ("with changed as (%s) select * from (%s) as c left join changed on true"):format(
    statement, check)
end

---@param source moonpool.sql.Source
---@param schemas table<string, string>?  names of schemas that stand for others
---@return { name: string, own: string, given: string }  quoted: the table's full name, the name of
---  its columns' table, and one for the rows that are given
function sql.names(source, schemas)
  local own, schema = quote(source.name), source.schema
  schema = schema and schemas and schemas[schema] or schema
  return { name = identifier.qualified(schema, source.name), own = own,
    given = own == "given" and "given_rows" or "given" }
end

local function conditions(table_names, keys, right)
  local texts = {}
  for at, name in ipairs(keys) do
    texts[at] = ("%s.%s = %s"):format(table_names.own, quote(name), right(at))
  end
  return table.concat(texts, " and ")
end

-- A join with the keys takes twice the time.
local function lock_by_one(table_names, key, element, strength)
  local own = table_names.own .. "." .. quote(key)
  return ("select count(*) from (select 1 from %s where %s = any($1::%s[]) "
    .. "order by %s for %s of %s) as locked"):format(table_names.name, own, element, own,
    strength, table_names.own)
end

---@param elements string[]  types of the keys
---@param strength string  "update", "no key update"
---@return string  locks rows, one after the other in the order of their keys, and counts them
function sql.lock_rows(table_names, keys, elements, strength)
  if #keys == 1 then return lock_by_one(table_names, keys[1], elements[1], strength) end
  local alias = table_names.own == "wanted" and "wanted_rows" or "wanted"
  local names, on, by = lettered("k", #keys), {}, {}
  for at, name in ipairs(keys) do
    local own = table_names.own .. "." .. quote(name)
    on[at], by[at] = ("%s = %s.k%d"):format(own, alias, at), own
  end
  return ("select count(*) from (select 1 from %s join %s as %s(%s) on %s "
    .. "order by %s for %s of %s) as locked"):format(table_names.name, unnested(elements), alias,
    table.concat(names, ", "), table.concat(on, " and "), table.concat(by, ", "), strength,
    table_names.own)
end

local function parameter(at) return "$" .. at end

local function given(table_names, letter)
  return function(at) return ("%s.%s%d"):format(table_names.given, letter, at) end
end

-- The assignments of values, then those of SQL.
local function assignments(parts, value_of)
  local texts = {}
  for at, name in ipairs(parts.set) do
    texts[at] = ("%s = %s"):format(quote(name), value_of(at))
  end
  for _, item in ipairs(parts.fixed) do
    texts[#texts + 1] = ("%s = %s"):format(quote(item.name), item.text)
  end
  return table.concat(texts, ", ")
end

local function columns_of(table_names, names)
  return mapped(names, function(name) return table_names.own .. "." .. quote(name) end)
end

---@class moonpool.orm.flush.UpdateParts
---@field keys string[]
---@field set string[]
---@field fixed { name: string, text: string }[]  set to SQL
---@field returned string[]

---@param table_names table  from `sql.names`
---@param parts moonpool.orm.flush.UpdateParts
---@return string  for one row: its keys are the first parameters, then the values to set
function sql.update_row(table_names, parts)
  local keys = #parts.keys
  local text = ("update %s set %s where %s returning %s"):format(table_names.name,
    assignments(parts, function(at) return "$" .. keys + at end),
    conditions(table_names, parts.keys, parameter),
    #parts.returned > 0 and columns_of(table_names, parts.returned) or "1")
  return sql.checked(text, "1", parts.returned)
end

---@param list moonpool.orm.flush.Vector[]  how keys travel, then values
---@return string  for any number of rows, whose count is the last parameter; what is returned comes
---  with the row's number as `moonpool_row`
function sql.update_rows(table_names, parts, list)
  local keys, letters = #parts.keys, lettered("k", #parts.keys)
  table.move(lettered("v", #parts.set), 1, #parts.set, keys + 1, letters)
  local from, ordered = vectors.source(list, letters)
  local back = "1"
  if #parts.returned > 0 then
    back = ("%s.n as moonpool_row, %s"):format(table_names.given,
      columns_of(table_names, parts.returned))
  end
  local text = ("update %s set %s from %s with ordinality as %s(%s, n) where %s returning %s")
    :format(table_names.name, assignments(parts, function(at)
      return vectors.value(list[keys + at], given(table_names, "v")(at))
    end), from, table_names.given, table.concat(ordered, ", "),
      conditions(table_names, parts.keys, given(table_names, "k")), back)
  return sql.checked(text, "$" .. #list + 1, parts.returned)
end

-- A row that is deleted softly is updated.
local function deletion(table_names, set, using)
  if not set then
    return ("delete from %s%s"):format(table_names.name, using and " using " .. using or "")
  end
  return ("update %s set %s%s"):format(table_names.name, set, using and " from " .. using or "")
end

---@param is_checked boolean  a row that is not there is an error
---@param set string?  what an update does instead
---@return string  for one row: its keys are the parameters
function sql.delete_row(table_names, keys, is_checked, set)
  local text = deletion(table_names, set) .. " where " .. conditions(table_names, keys, parameter)
  return is_checked and sql.checked(text .. " returning 1", "1", {}) or text
end

---@param set string?  what an update does instead
---@return string  for any number of rows; their count is the last parameter where it is checked
function sql.delete_rows(table_names, keys, elements, is_checked, set)
  local text
  if #keys == 1 then
    text = ("%s where %s = any($1::%s[])"):format(deletion(table_names, set), quote(keys[1]),
      elements[1])
  else
    local rows = ("%s as %s(%s)"):format(unnested(elements), table_names.given,
      table.concat(lettered("k", #keys), ", "))
    text = ("%s where %s"):format(deletion(table_names, set, rows),
      conditions(table_names, keys, given(table_names, "k")))
  end
  if not is_checked then return text end
  return sql.checked(text .. " returning 1", "$" .. #elements + 1, {})
end

return sql
