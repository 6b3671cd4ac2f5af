-- Materialized views as DDL, with their indexes.
local identifier = require "moonpool.sql.identifier"
local index = require "moonpool.schema.ddl.index"
local text = require "moonpool.schema.ddl.text"

local materialized_view = {}

local function head(of)
  local parts = { "create materialized view ", text.name(of) }
  local function add(part) parts[#parts + 1] = part end
  if of.columns then add((" (%s)"):format(identifier.list(of.columns))) end
  if of.using then add(" using " .. identifier.quote(of.using)) end
  if of.with then add(" with " .. text.parameters(of.with)) end
  if of.tablespace then add(" tablespace " .. identifier.quote(of.tablespace)) end
  return table.concat(parts)
end

---@return string[]
function materialized_view.create(of)
  local statements = { ("%s as\n%s\nwith %sdata"):format(head(of), of.query,
    of.with_data and "" or "no ") }
  for _, item in ipairs(of.indexes) do
    statements[#statements + 1] = index.create(of, item)
    text.append(statements, index.comment(of, item))
  end
  text.append(statements, text.column_comments(of))
  return text.append(statements, text.comment("materialized view", text.name(of), of.comment))
end

materialized_view.drop = text.dropper "materialized view"

return materialized_view
