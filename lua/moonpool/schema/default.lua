-- A column's default: SQL that the server computes, or a value that each new instance gets.
local expression = require "moonpool.sql.expression"
local given_module = require "moonpool.schema.given"
local null = require "moonpool.null"
local value_check = require "moonpool.schema.value_check"

local default = {}

---Whether it is a value of Lua, and not of SQL.
---@param item moonpool.schema.Column
function default.is_plain(item)
  return item.default ~= nil and not expression.is_expression(item.default)
end

---Raises `bad_argument` for a value that the column could not store.
---@param what string
---@param item moonpool.schema.Column
function default.check(what, item)
  if not default.is_plain(item) or item.dump then return end
  local message, hint = value_check.of(item)(item.default)
  if message then
    given_module.refuse(what, "its default cannot be stored: " .. message, hint)
  end
end

local function copy(value)
  if type(value) ~= "table" or value == null then return value end
  local own = {}
  for key, item in next, value do own[key] = copy(item) end
  return setmetatable(own, getmetatable(value))
end

---@param item moonpool.schema.Column
---@return any  a plain default's value; a table is a new one each time
function default.value(item)
  if not default.is_plain(item) or item.default == null then return nil end
  return copy(item.default)
end

return default
