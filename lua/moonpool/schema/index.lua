-- An index as data: its elements, method, and which rows it holds.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local options = require "moonpool.options"
local sql_text = require "moonpool.schema.sql_text"

local index = {}

---@class moonpool.schema.Index
---@field kind "index"
---@field elements (string | table)[]  column names, or expressions such as mp.sql"lower(email)"
local Index = { __name = "moonpool.Index" }

local ROWS = {
  { name = "name", kind = "string" },
  { name = "using", kind = "choice",
    values = { "btree", "hash", "gist", "gin", "spgist", "brin" } },
  { name = "unique", kind = "boolean", default = false },
  { name = "where", kind = "any", doc = "SQL: only rows for which it holds" },
  { name = "include", kind = "table", doc = "columns kept in the index but not searched by" },
  { name = "operator_class", kind = "string" },
}

---@param given table  elements, and the options of `ROWS`
---@return moonpool.schema.Index
function index.new(given)
  local elements, rest = {}, {}
  for key, value in pairs(type(given) == "table" and given or {}) do
    local part = math.type(key) == "integer" and elements or rest
    part[key] = value
  end
  if #elements == 0 then
    errors.raise { kind = "bad_argument", message = "mp.index names no column",
      hint = 'mp.index { "column" }' }
  end
  local read = options.read(ROWS, rest, { kind = "bad_argument", what = "mp.index" })
  read.kind, read.elements = "index", elements
  read.where = read.where ~= nil and sql_text(read.where, "where of mp.index") or nil
  return setmetatable(read, Index)
end

---@return string[]  what the index's name is made of
function index.parts(value)
  local parts = {}
  for at, element in ipairs(value.elements) do
    local name = expression.is_expression(element) and tostring(element) or element
    parts[at] = name:gsub("[^%w_]+", "_"):gsub("^_+", ""):gsub("_+$", "")
  end
  return parts
end

---@return boolean
function index.is_index(value)
  return getmetatable(value) == Index
end

return index
