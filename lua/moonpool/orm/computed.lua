-- `computed("full_name", { sql =, lua = })`: what a row says without a column for it.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local options = require "moonpool.options"

local computed = {}

local ROWS = {
  { name = "sql", kind = "any", doc = "SQL text, an expression, or a function of the columns" },
  { name = "lua", kind = "function", doc = "a function of the instance" },
}

local function refuse(name, message, hint)
  errors.raise { kind = "bad_argument", message = ('mp.computed("%s"): %s'):format(name, message),
    hint = hint }
end

local function check_sql(name, sql)
  local fits = sql == nil or type(sql) == "string" or type(sql) == "function"
    or expression.is_expression(sql)
  if not fits then
    refuse(name, ("sql cannot be a %s"):format(type(sql)),
      "sql = function(u) return u.first .. u.last end")
  end
end

---Read only: `Model.full_name` in queries, `object.full_name` in Lua.
---@param name string
---@param given { sql: any, lua: (fun(object: table): any)? }
---@return table  an item of a model's list
function computed.new(name, given)
  if type(name) ~= "string" or name == "" then
    errors.raise { kind = "bad_argument", message = "mp.computed has no name",
      hint = 'mp.computed("full_name", { sql = ..., lua = ... })' }
  end
  local read = options.read(ROWS, given,
    { kind = "bad_argument", what = ('mp.computed("%s")'):format(name) })
  check_sql(name, read.sql)
  if read.sql == nil and not read.lua then
    refuse(name, "it says neither sql nor lua", "give one of them, or both")
  end
  return { kind = "group", build = function()
    return {}, nil, { kind = "computed", name = name, sql = read.sql, lua = read.lua }
  end }
end

---@param item table
---@param columns table<string, moonpool.sql.Expression>  of the model, or of an alias of it
---@param model_name string
---@return moonpool.sql.Expression
function computed.expression(item, columns, model_name)
  local sql = item.sql
  if sql == nil then
    errors.raise { kind = "bad_argument", table = model_name,
      message = ('"%s" of "%s" is computed in Lua alone'):format(item.name, model_name),
      hint = "declare its sql to use it in a query" }
  end
  if type(sql) == "function" then sql = sql(columns) end
  if type(sql) == "string" then return expression.raw("(" .. sql .. ")") end
  return expression.of(sql)
end

---@return any  what the item says of the instance
function computed.value(item, object)
  if item.lua then return item.lua(object) end
  errors.raise { kind = "not_loaded",
    message = ('"%s" is computed in SQL alone'):format(item.name),
    hint = "declare its lua to read it here, or select it: mp.select { Model." .. item.name
      .. " }" }
end

return computed
