-- The tables that a select reads, and whether the names that it was given as texts are theirs.
local errors = require "moonpool.errors"
local suggest = require "moonpool.util.suggest"

local scope = {}

local function add(list, source)
  if source.kind ~= "joined" then
    list[#list + 1] = source
    return
  end
  add(list, source.source)
  for _, join in ipairs(source.joins) do add(list, join.source) end
end

---@param source moonpool.sql.Source
---@return moonpool.sql.Source[]  itself, or the tables of joins in brackets
function scope.tables(source)
  local list = {}
  add(list, source)
  return list
end

---@param node table  a select, update or delete
---@return moonpool.sql.Source[]  in the order in which they are written
function scope.sources(node)
  local list = {}
  for _, source in ipairs(node.sources) do add(list, source) end
  for _, join in ipairs(node.joins) do add(list, join.source) end
  return list
end

local function is_merged(join, name)
  if join.merged == true then return true end
  for _, merged in ipairs(join.merged or {}) do
    if merged == name then return true end
  end
  return false
end

-- What a join makes one column of has a name that is nobody else's.
local function merges(sources, joins, name)
  for _, source in ipairs(sources) do
    if source.kind == "joined" and merges({ source.source }, source.joins, name) then
      return true
    end
  end
  for _, join in ipairs(joins) do
    if is_merged(join, name) or merges({ join.source }, {}, name) then return true end
  end
  return false
end

local function owners(name, sources)
  local found = {}
  for _, source in ipairs(sources) do
    if not source.known then return nil end
    if source.known[name] then found[#found + 1] = source end
  end
  return found
end

local function refuse_unknown(name, sources)
  local tables, columns = {}, {}
  for at, source in ipairs(sources) do
    tables[at] = ('"%s"'):format(source.name)
    for _, column in ipairs(source.columns) do columns[#columns + 1] = column end
  end
  local what = #tables == 1 and ("table %s has no column"):format(tables[1])
    or ("none of the tables %s has a column"):format(table.concat(tables, ", "))
  errors.raise { kind = "bad_argument", table = #sources == 1 and sources[1].name or nil,
    message = ('%s "%s"%s'):format(what, name, suggest.phrase(name, columns)),
    hint = "the columns are: " .. table.concat(columns, ", ") }
end

local function check_name(name, sources, node)
  local found = owners(name, sources)
  if not found or #found == 1 or merges(node.sources, node.joins, name) then return end
  if #found == 0 then refuse_unknown(name, sources) end
  errors.raise { kind = "bad_argument",
    message = ('"%s" is a column of "%s" and of "%s"'):format(name, found[1]:qualifier(),
      found[2]:qualifier()),
    hint = ("write the column with its table: %s.%s"):format(found[1]:qualifier(), name) }
end

---Raises `bad_argument` for a name that no table of the select has, or that several have.
---@param node table  a select
function scope.check(node)
  local sources
  for _, item in ipairs(node.columns) do
    if item.kind == "column" and not item.qualifier then
      sources = sources or scope.sources(node)
      if #sources > 0 then check_name(item.name, sources, node) end
    end
  end
end

---Raises `bad_argument` where two tables have the same name, which the server would refuse.
---@param node table
---@param first moonpool.sql.Source?  of an update or delete
function scope.check_names(node, first)
  local seen = {}
  if first then seen[first:qualifier()] = true end
  for _, source in ipairs(scope.sources(node)) do
    local name = source:qualifier()
    if name and seen[name] then
      errors.raise { kind = "bad_argument", table = source.name,
        message = ('two tables of the statement are called "%s"'):format(name),
        hint = ('give one of them another name: Model:as "%s2"'):format(name:sub(1, 40)) }
    end
    if name then seen[name] = true end
  end
end

return scope
