-- Pieces of DDL that several kinds of objects share.
local expression = require "moonpool.sql.expression"
local identifier = require "moonpool.sql.identifier"
local literal = require "moonpool.sql.literal"
local sql_text = require "moonpool.schema.sql_text"

local text = {}

---@param of { name: string, schema: string? }
---@return string
function text.name(of)
  return identifier.qualified(of.schema, of.name)
end

---@param collation string | table  a name, or SQL
---@return string
function text.collation(collation)
  if expression.is_expression(collation) then return sql_text(collation, "collation") end
  return identifier.quote(collation)
end

-- Options of the server may be of a part of it: toast.autovacuum_enabled.
local function parameter_name(name)
  local first, second = name:match "^([^.]+)%.(.+)$"
  return first and identifier.qualified(first, second) or identifier.quote(name)
end

---@param settings table<string, any>?
---@return string  `(fillfactor = 70)`, or the empty string
function text.parameters(settings)
  local names, parts = {}, {}
  for name in pairs(settings or {}) do names[#names + 1] = name end
  table.sort(names)
  for at, name in ipairs(names) do
    parts[at] = ("%s = %s"):format(parameter_name(name), literal.quote(settings[name]))
  end
  return #parts > 0 and ("(%s)"):format(table.concat(parts, ", ")) or ""
end

---@return string[]  none, or the one statement
function text.comment(kind, name, comment)
  if not comment then return {} end
  return { ("comment on %s %s is %s"):format(kind, name, literal.quote(comment)) }
end

---@param of { name: string, schema: string?, comments: table<string, string>? }  a view
---@return string[]  one for each column that has a comment, by name
function text.column_comments(of)
  local names, list = {}, {}
  for name in pairs(of.comments or {}) do names[#names + 1] = name end
  table.sort(names)
  for at, name in ipairs(names) do
    local place = text.name(of) .. "." .. identifier.quote(name)
    list[at] = text.comment("column", place, of.comments[name])[1]
  end
  return list
end

---@param roles string[]
---@return string  `public` and the like are words, not names
function text.roles(roles)
  local words = { public = true, current_user = true, session_user = true, current_role = true }
  local parts = {}
  for at, role in ipairs(roles) do
    parts[at] = words[role:lower()] and role:lower() or identifier.quote(role)
  end
  return table.concat(parts, ", ")
end

---@param list string[]
---@param more string[]
---@return string[]  the first, with the second behind
function text.append(list, more)
  return table.move(more, 1, #more, #list + 1, list)
end

---@param deferrable ("deferred" | "immediate" | false)?
function text.deferrable(deferrable)
  if not deferrable then return "" end
  return deferrable == "deferred" and " deferrable initially deferred" or " deferrable"
end

---@return string  the options of `drop`
function text.drop_tail(given)
  return given and given.cascade and " cascade" or ""
end

---@return string
function text.drop_head(kind, given)
  return ("drop %s %s"):format(kind, given and given.if_exists and "if exists " or "")
end

---How most kinds are dropped.
---@param kind string
---@return fun(of: table, given: table?): string[]
function text.dropper(kind)
  return function(of, given)
    return { text.drop_head(kind, given) .. text.name(of) .. text.drop_tail(given) }
  end
end

return text
