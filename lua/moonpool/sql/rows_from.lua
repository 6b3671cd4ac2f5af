-- The rows of several functions side by side: `rows_from(f, g):as("t", { "a", "b" })`.
local node = require "moonpool.sql.node"
local source = require "moonpool.sql.source"
local term = require "moonpool.sql.term"

node.layout("rows_from", {}, { "items" })
node.layout("rows_of", {}, { "aliases", "call" })

local function refuse(at)
  term.refuse(("number %d of rows_from is no call of a function"):format(at),
    'mp.rows_from(mp.fn.unnest(a), { mp.fn.f(), columns = { { "id", "int4" } } })')
end

local CALLS = { call = true, fragment = true }

local function item(given, at)
  local is_record = type(given) == "table" and not term.is(given)
  local call = is_record and given[1] or given
  if not (term.is(call) and CALLS[call.kind]) then refuse(at) end
  local aliases = is_record and given.columns and source.alias_columns(given.columns) or nil
  return node.new("rows_of", { call = call, aliases = aliases })
end

---@param ... any  calls of functions; `{ call, columns = { { name, type } } }` of one that gives
---  records
---@return moonpool.sql.Expression  for `from`, under a name
return function(...)
  local given, items = table.pack(...), {}
  if given.n == 0 then refuse(1) end
  for at = 1, given.n do items[at] = item(given[at], at) end
  return term.new("rows_from", { items = items })
end
