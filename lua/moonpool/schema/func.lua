-- A function or procedure as data.
local given_module = require "moonpool.schema.given"
local object = require "moonpool.schema.object"
local sql_text = require "moonpool.schema.sql_text"

local func = {}

local ROWS = {
  { name = "args", kind = "any", default = "", doc = '"a int4, b text default \'x\'", or a list' },
  { name = "returns", kind = "string", doc = '"int4", "setof users", "table (a int4)", "trigger"' },
  { name = "language", kind = "string", default = "sql" },
  { name = "body", kind = "string", required = true, doc = "what stands between the quotes" },
  { name = "atomic", kind = "boolean", default = false,
    doc = 'the body is SQL of its own: "return a + 1" or "begin atomic ... end"' },
  { name = "procedure", kind = "boolean", default = false, doc = "called, and gives nothing" },
  { name = "window", kind = "boolean", default = false },
  { name = "volatility", kind = "choice", values = { "immutable", "stable", "volatile" } },
  { name = "strict", kind = "boolean", default = false, doc = "NULL for any NULL argument" },
  { name = "leakproof", kind = "boolean", default = false },
  { name = "security", kind = "choice", values = { "definer", "invoker" } },
  { name = "parallel", kind = "choice", values = { "unsafe", "restricted", "safe" } },
  { name = "cost", kind = "number", min = 0 },
  { name = "rows", kind = "number", min = 0, doc = "estimated, of a set" },
  { name = "set", kind = "settings", doc = '{ search_path = "app" } while it runs' },
}

-- What says something of functions alone.
local FUNCTIONS_ONLY = { "returns", "volatility", "parallel", "cost", "rows", "window" }

local function read_arguments(what, given)
  if type(given) == "table" and getmetatable(given) == nil then
    for _, item in ipairs(given) do sql_text(item, what .. ", args") end
    return table.concat(given, ", ")
  end
  if given == "" then return given end
  return sql_text(given, what .. ", args")
end

local function check(what, self)
  if not self.procedure then
    if not self.returns and not self.args:lower():find "%f[%w]i?n?out%f[%W]" then
      given_module.refuse(what, "it returns nothing", 'returns = "void", or procedure = true')
    end
    return
  end
  for _, key in ipairs(FUNCTIONS_ONLY) do
    if self[key] then
      given_module.refuse(what, ("a procedure has no %s"):format(key), "leave it out")
    end
  end
end

---@param name string
---@param given table  `args`, `returns`, `language`, `body`, `volatility`, ...
---@return moonpool.schema.Object
function func.new(name, given)
  local what = object.what("func", name)
  local self = object.new("func", name, given, ROWS)
  self.args = read_arguments(what, self.args)
  check(what, self)
  return self
end

return func
