-- Functions and procedures as DDL.
local func_arguments = require "moonpool.schema.func_arguments"
local identifier = require "moonpool.sql.identifier"
local literal = require "moonpool.sql.literal"
local text = require "moonpool.schema.ddl.text"

local func = {}

-- A tag that the body does not hold.
local function quoted_body(body)
  local tag = ""
  while (body .. "$"):find("$" .. tag .. "$", 1, true) do tag = tag .. "q" end
  return ("$%s$%s$%s$"):format(tag, body, tag)
end

local function number_text(value)
  return math.type(value) == "float" and ("%.17g"):format(value) or tostring(value)
end

-- A list of schemas is written as names, anything else as one value.
local function setting_text(name, value)
  if name ~= "search_path" or type(value) ~= "string" then return literal.quote(value) end
  local parts = {}
  for part in (value .. ","):gmatch "%s*(.-)%s*," do
    parts[#parts + 1] = literal.quote(part:match '^"(.*)"$' or part)
  end
  return table.concat(parts, ", ")
end

local function setting_lines(settings)
  local names, lines = {}, {}
  for name in pairs(settings or {}) do names[#names + 1] = name end
  table.sort(names)
  for at, name in ipairs(names) do
    local first, second = name:match "^([^.]+)%.(.+)$"
    lines[at] = ("set %s to %s"):format(identifier.qualified(first, second or name),
      setting_text(name, settings[name]))
  end
  return lines
end

local function property_lines(of)
  local lines = {}
  local function add(is_said, line) if is_said then lines[#lines + 1] = line end end
  add(of.window, "window")
  add(of.volatility, of.volatility)
  add(of.leakproof, "leakproof")
  add(of.strict, "strict")
  add(of.security, "security " .. tostring(of.security))
  add(of.parallel, "parallel " .. tostring(of.parallel))
  if of.cost then add(true, "cost " .. number_text(of.cost)) end
  if of.rows then add(true, "rows " .. number_text(of.rows)) end
  return text.append(lines, setting_lines(of.set))
end

local function kind_of(of)
  return of.procedure and "procedure" or "function"
end

local function identity(of)
  return ("%s(%s)"):format(text.name(of), func_arguments.identity(of.args))
end

---@return string[]
function func.create(of)
  local lines = { ("create %s %s(%s)"):format(kind_of(of), text.name(of), of.args) }
  if of.returns then lines[#lines + 1] = "returns " .. of.returns end
  lines[#lines + 1] = "language " .. identifier.quote(of.language)
  text.append(lines, property_lines(of))
  lines[#lines + 1] = of.atomic and of.body or "as " .. quoted_body(of.body)
  return text.append({ table.concat(lines, "\n") },
    text.comment(kind_of(of), identity(of), of.comment))
end

---@return string[]
function func.drop(of, given)
  return { text.drop_head(kind_of(of), given) .. identity(of) .. text.drop_tail(given) }
end

return func
