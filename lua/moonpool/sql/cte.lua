-- Common table expressions: statements with a name, in front of one that reads them.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local identifier = require "moonpool.sql.identifier"
local literal = require "moonpool.sql.literal"
local node = require "moonpool.sql.node"
local options = require "moonpool.options"
local source = require "moonpool.sql.source"
local statement = require "moonpool.sql.statement"

local cte = { methods = {} }

node.layout("cte", { "name", "aliases", "materialized", "recursive", "search", "cycle" },
  { "statement" })

local OPTIONS = {
  { name = "materialized", kind = "boolean", doc = "whether the server keeps what it gives" },
  { name = "columns", kind = "table", doc = "names of its columns" },
  { name = "search", kind = "table",
    doc = '{ "depth" | "breadth", by = { columns }, set = "a new column" }' },
  { name = "cycle", kind = "table",
    doc = '{ columns, set = "a new column", using = "a new column", to = "Y", default = "N" }' },
  { name = "union", kind = "choice", values = { "all", "distinct" }, default = "all" },
}

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local SEARCH = { depth = true, breadth = true }

local function search_text(search)
  if not search then return nil end
  if not SEARCH[search[1]] or type(search.by) ~= "table" or not search.set then
    refuse("search of a recursive query lacks a part",
      'search = { "depth", by = { "id" }, set = "place" }')
  end
  return ("search %s first by %s set %s"):format(search[1], identifier.list(search.by),
    identifier.quote(search.set))
end

local function cycle_text(cycle)
  if not cycle then return nil end
  if #cycle == 0 or not cycle.set or not cycle.using then
    refuse("cycle of a recursive query lacks a part",
      'cycle = { "id", set = "is_cycle", using = "path" }')
  end
  local marks = cycle.to ~= nil and (" to %s default %s"):format(literal.quote(cycle.to),
    literal.quote(cycle.default)) or ""
  return ("cycle %s set %s%s using %s"):format(identifier.list(cycle), identifier.quote(cycle.set),
    marks, identifier.quote(cycle.using))
end

local MATERIALIZED = { [true] = "yes", [false] = "no" }

local function make(name, query, given, is_recursive)
  if not expression.is_statement(query) then
    refuse(("what %s stands for is a %s"):format(tostring(name), type(query)),
      'with("recent", mp.select { ... })')
  end
  identifier.quote(name)
  local read = options.read(OPTIONS, given, { kind = "bad_argument", what = "with" })
  if not is_recursive and (read.search or read.cycle) then
    refuse("search and cycle belong to recursive queries", "use with_recursive or mp.recursive")
  end
  return node.new("cte", { name = name, statement = query, recursive = is_recursive or nil,
    aliases = read.columns and identifier.list(read.columns),
    materialized = MATERIALIZED[read.materialized],
    search = search_text(read.search), cycle = cycle_text(read.cycle) }), read
end

local function of(first, query, given)
  local own = type(first) == "table" and rawget(first, "cte")
  if own then return own end
  if type(first) ~= "string" then
    refuse("with takes a name and a statement, or what mp.cte gave", 'with("recent", query)')
  end
  return (make(first, query, given))
end

---Puts a named statement in front: `with("recent", query):from "recent"`, or what `mp.cte` gave.
---@param name string | table
---@param query table?  a select, or an insert, update or delete with `returning`
---@param given { materialized: boolean?, columns: string[]? }?
function cte.methods.with(self, name, query, given)
  return statement.add(self, "ctes", { of(name, query, given) })
end

---@param name string
---@param query table  the union of where it begins and of what it goes on with, reading `name`
---@param given { columns: string[]?, search: table?, cycle: table? }?
function cte.methods.with_recursive(self, name, query, given)
  return statement.add(self, "ctes", { (make(name, query, given, true)) })
end

-- What search and cycle add can be read too.
local function columns_of(query, read)
  local outputs = query:outputs()
  if read.columns then return read.columns, {} end
  if not outputs then return nil, {} end
  local names = table.move(outputs.names, 1, #outputs.names, 1, {})
  for _, part in ipairs { "search", "cycle" } do
    local given = read[part]
    if given then names[#names + 1] = given.set end
    if given and given.using then names[#names + 1] = given.using end
  end
  return names, outputs.types
end

local function reference(name, query, own, read)
  local columns, types = columns_of(query, read)
  local made = source.reference(source.new { name = name, columns = columns,
    type_of = function(column) return types[column] end })
  rawset(made, "cte", own)
  return made
end

---A named statement whose columns can be spoken of: `local r = mp.cte("recent", query)`, then
---`mp.select { r.id }:with(r):from(r)`.
---@param name string
---@param query table
---@param given table?
function cte.new(name, query, given)
  local own, read = make(name, query, given)
  return reference(name, query, own, read)
end

---`recursive("tree", base, function(tree) return step end)`.
---@param name string
---@param base table  where it begins
---@param step fun(own: table): table  what it goes on with, reading itself
---@param given { union: string?, columns: string[]?, search: table?, cycle: table? }?
function cte.recursive(name, base, step, given)
  if type(step) ~= "function" then
    refuse("a recursive query goes on with a function", "function(tree) return mp.select ... end")
  end
  if not expression.is_statement(base) then
    refuse("a recursive query begins with a select", "give what the first rows are")
  end
  local _, read = make(name, base, given, true)
  local following = step(reference(name, base, nil, read))
  local union = read.union == "distinct" and base.union or base.union_all
  local query = union(base, following)
  return reference(name, base, (make(name, query, given, true)), read)
end

return cte
