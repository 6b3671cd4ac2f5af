-- Domains as DDL.
local column = require "moonpool.schema.ddl.column"
local identifier = require "moonpool.sql.identifier"
local text = require "moonpool.schema.ddl.text"

local domain = {}

local function check_text(item)
  return ("constraint %s check (%s)"):format(identifier.quote(item.name), item.expression)
end

local function head(of)
  local parts = { ("create domain %s as %s"):format(text.name(of), of.type) }
  local function add(part) parts[#parts + 1] = part end
  if of.collation then add("collate " .. text.collation(of.collation)) end
  if of.default ~= nil then add("default " .. column.default(of.default, of.type)) end
  if not of.null then add "not null" end
  for _, item in ipairs(of.checks) do
    if not item.not_valid then add(check_text(item)) end
  end
  return table.concat(parts, " ")
end

---@return string[]
function domain.create(of)
  local name = text.name(of)
  local statements = { head(of) }
  for _, item in ipairs(of.checks) do
    if item.not_valid then
      statements[#statements + 1] = ("alter domain %s add %s not valid"):format(name,
        check_text(item))
    end
    text.append(statements, text.comment("constraint",
      ("%s on domain %s"):format(identifier.quote(item.name), name), item.comment))
  end
  return text.append(statements, text.comment("domain", name, of.comment))
end

domain.drop = text.dropper "domain"

return domain
