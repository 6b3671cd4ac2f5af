-- Views as DDL.
local identifier = require "moonpool.sql.identifier"
local text = require "moonpool.schema.ddl.text"

local view = {}

local function options_of(of)
  local settings = {}
  if of.security_barrier then settings.security_barrier = true end
  if of.security_invoker then settings.security_invoker = true end
  return next(settings) and " with " .. text.parameters(settings) or ""
end

---@return string[]
function view.create(of)
  local columns = of.columns and (" (%s)"):format(identifier.list(of.columns)) or ""
  local check = of.check_option and ("\nwith %s check option"):format(of.check_option) or ""
  local statements = { ("create %sview %s%s%s as\n%s%s"):format(of.recursive and "recursive " or "",
    text.name(of), columns, options_of(of), of.query, check) }
  text.append(statements, text.column_comments(of))
  return text.append(statements, text.comment("view", text.name(of), of.comment))
end

view.drop = text.dropper "view"

return view
