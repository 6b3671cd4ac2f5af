-- random_schema.lua - random tables with keys, constraints and indexes, as declarations.
local c = require "moonpool.column"
local mp = require "moonpool"
local table_of = require "spec.support.schema_cases.table_of"

local random_schema = {}

local function pick(list)
  return list[math.random(#list)]
end

local function chance(percent)
  return math.random(100) <= percent
end

local LETTERS = { "a", "b", "c d", "é", "A", "_", "9", "'", '"', ",", "(", "))", "?", "$1", "%",
  "." }

-- Odd texts and names, never empty, and short enough for a name.
local function text()
  local parts = {}
  for at = 1, math.random(4) do parts[at] = pick(LETTERS) end
  return table.concat(parts)
end

local function name_of(taken)
  local name
  repeat name = text() until not taken[name]
  taken[name] = true
  return name
end

local MAKERS = {
  function(name, o) o.default = chance(50) and math.random(-9, 9) or nil return c.int4(name, o) end,
  function(name, o) o.default = chance(50) and text() or nil return c.text(name, o) end,
  function(name, o)
    o.collation = pick { "C", "POSIX" }
    return c.varchar(name, o)
  end,
  function(name, o) o.precision, o.scale = 12, math.random(0, 6) return c.numeric(name, o) end,
  function(name, o) o.default = chance(50) and { text(), text() } or nil
    return c.array(name, "text", o) end,
  function(name, o) o.default = chance(50) and { [text()] = { text() } } or nil
    return c.jsonb(name, o) end,
  function(name, o) o.precision = math.random(0, 6) return c.timestamptz(name, o) end,
  function(name, o) o.default = chance(50) and mp.sql "now() - interval '1 day'" or nil
    return c.timestamp(name, o) end,
  function(name, o) return c.column(name, "int4range", o) end,
  function(name, o) o.length = math.random(20) return c.char(name, o) end,
  function(name, o) o.null, o.identity = nil, pick { true, "always" } return c.int8(name, o) end,
}

local function column(taken)
  local options = { null = chance(40) or nil, comment = chance(20) and text() or nil }
  return pick(MAKERS)(name_of(taken), options)
end

local function sample(columns, count)
  local names, seen = {}, {}
  while #names < count do
    local name = pick(columns).name
    if not seen[name] then names[#names + 1], seen[name] = name, true end
  end
  return names
end

local function quoted(name)
  return '"' .. name:gsub('"', '""') .. '"'
end

local function is_text(item)
  return item.type == "text"
end

-- How an index looks at a column.
local function element(item)
  local name = quoted(item.name)
  if is_text(item) and chance(40) then
    return pick { mp.sql(("lower(%s)"):format(name)), mp.sql(("%s || ' ( DESC '"):format(name)),
      { item.name, operator_class = "text_pattern_ops" }, { item.name, collation = "C" } }
  end
  return pick { item.name, { item.name, order = "desc" }, { item.name, nulls = "first" },
    { item.name, order = "desc", nulls = "last" } }
end

local function condition(item)
  return quoted(item.name) .. pick { " is not null", " is null", [[ is distinct from null]] }
end

local function add_index(items, columns, at)
  local given = { element(pick(columns)), name = ("ix %s %s"):format(at, text()) }
  if chance(30) then given[2] = element(pick(columns)) end
  if chance(30) then given.where = condition(pick(columns)) end
  if chance(20) then given.include = sample(columns, 1) end
  given.unique = chance(20) or nil
  given.comment = chance(20) and text() or nil
  items[#items + 1] = mp.index(given)
end

local function add_constraint(items, columns, at)
  local name = ("k %s %s"):format(at, text())
  local names = sample(columns, math.random(math.min(2, #columns)))
  names.name, names.nulls_not_distinct = name, chance(30) or nil
  names.deferrable = pick { false, true, "immediate" }
  items[#items + 1] = pick { mp.unique(names), mp.check(condition(pick(columns)),
    { name = name, not_valid = chance(30) or nil, no_inherit = chance(30) or nil }) }
end

local function add_key(items, taken, others)
  local other = pick(others)
  if not other then return end
  local name = name_of(taken)
  items[#items + 1] = c.int4(name, { null = true, references = { table = other, column = "id",
    name = "fk " .. name, on_delete = pick { "cascade", "set null", "restrict" },
    deferrable = pick { false, true, "immediate" }, not_valid = chance(20) or nil } })
end

local function random_table(name, others)
  local taken, items, columns = { id = true }, { c.int4("id", { primary_key = true }) }, {}
  for at = 1, math.random(6) do
    columns[at] = column(taken)
    items[#items + 1] = columns[at]
  end
  local number = name:match "^t%d+"
  for at = 1, math.random(0, 3) do add_index(items, columns, number .. at) end
  for at = 1, math.random(0, 2) do add_constraint(items, columns, number .. at) end
  for _ = 1, math.random(0, 2) do add_key(items, taken, others) end
  local given = { name, comment = chance(30) and text() or nil }
  return table_of(table.move(items, 1, #items, 2, given))
end

---@param count integer  tables
---@return table[]  which refer to each other, in circles too
function random_schema.tables(count)
  local taken, names, list = {}, {}, {}
  for at = 1, count do names[at] = ("t%d %s"):format(at, name_of(taken)) end
  for at = 1, count do list[at] = random_table(names[at], names) end
  return list
end

return random_schema
