-- What a statement reads or writes: a table under its name or an alias, with its columns if known.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local suggest = require "moonpool.util.suggest"

local source = {}

---@class moonpool.sql.Source
---@field schema string?
---@field name string
---@field alias string?
---@field columns string[]?  nil where the columns are not known
---@field type_of fun(name: string): string?, string?  SQL type of a column, and its shape
local Source = {}
Source.__index = Source
Source.__name = "moonpool.Source"

---@param fields table  the fields above; all but `name` may be left out
---@return moonpool.sql.Source
function source.new(fields)
  local known
  if fields.columns then
    known = {}
    for _, name in ipairs(fields.columns) do known[name] = true end
  end
  return setmetatable({
    name = fields.name,
    schema = fields.schema,
    alias = fields.alias,
    columns = fields.columns,
    type_of = fields.type_of or function() end,
    known = known,
  }, Source)
end

local function from_text(text)
  local schema, name = text:match("^([^.]+)%.([^.]+)$")
  return source.new { schema = schema, name = name or text }
end

---A source from a table's name, a model, an alias of a model, or a source.
---@param value any
---@return moonpool.sql.Source
function source.of(value)
  if getmetatable(value) == Source then return value end
  if type(value) == "string" then return from_text(value) end
  local own = type(value) == "table" and rawget(value, "source")
  if getmetatable(own) == Source then return own end
  errors.raise {
    kind = "bad_argument",
    message = ("a %s is no table to query"):format(type(value)),
    hint = "give a model, an alias of one, or a table's name",
  }
end

---@param alias string
---@return moonpool.sql.Source
function Source:as(alias)
  return source.new { name = self.name, schema = self.schema, alias = alias,
    columns = self.columns, type_of = self.type_of }
end

---Raises `bad_argument` with a suggestion when the columns are known and this is none of them.
---@param name any
---@return string
function Source:check(name)
  if type(name) == "string" and (not self.known or self.known[name]) then return name end
  errors.raise {
    kind = "bad_argument",
    message = ('table "%s" has no column "%s"%s'):format(
      self.name, tostring(name), suggest.phrase(name, self.known or {})),
    hint = self.columns and ("its columns are: " .. table.concat(self.columns, ", ")) or nil,
    table = self.name,
  }
end

---@param name string
---@return moonpool.sql.Expression
function Source:column(name)
  return expression.column(self.alias or self.name, self:check(name))
end

return source
