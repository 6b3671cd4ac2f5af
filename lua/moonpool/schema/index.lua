-- An index as data: its elements, method, and which rows it holds.
local element = require "moonpool.schema.element"
local errors = require "moonpool.errors"
local given_module = require "moonpool.schema.given"
local options = require "moonpool.options"
local sql_text = require "moonpool.schema.sql_text"
local suggest = require "moonpool.util.suggest"

local index = {}

---@class moonpool.schema.Index
---@field kind "index"
---@field elements moonpool.schema.Element[]
---@field name string?  the naming convention's when left out
---@field with table<string, any>?  storage parameters
local Index = { __name = "moonpool.Index" }

local ROWS = {
  { name = "name", kind = "string" },
  { name = "using", kind = "string", doc = "the method: btree, hash, gist, gin, spgist, brin" },
  { name = "unique", kind = "boolean", default = false },
  { name = "nulls_not_distinct", kind = "boolean", default = false },
  { name = "where", kind = "any", doc = "SQL: only rows for which it holds" },
  { name = "include", kind = "strings", doc = "columns kept in the index but not searched by" },
  { name = "operator_class", kind = "string", doc = "of every element that names none" },
  { name = "with", kind = "settings", doc = "storage parameters: { fillfactor = 70 }" },
  { name = "tablespace", kind = "string" },
  { name = "comment", kind = "string" },
  { name = "renamed_from", kind = "string" },
}

local METHODS = { "btree", "hash", "gist", "gin", "spgist", "brin" }

-- Extensions bring methods of their own, so that only what looks like a slip is refused.
local function check_method(what, method)
  if method == nil then return end
  given_module.check_name(what, method)
  local near = suggest.nearest(method, METHODS)
  if near and near ~= method then
    given_module.refuse(what, ('using: there is no method "%s" (did you mean "%s"?)'):format(method,
      near),
      "the server's own are: " .. table.concat(METHODS, ", "))
  end
end

local function check(read)
  if read.name then given_module.check_name("mp.index", read.name) end
  check_method("mp.index", read.using)
  if read.include then given_module.check_names("include of mp.index", read.include) end
  if read.nulls_not_distinct and not read.unique then
    given_module.refuse("mp.index", "nulls_not_distinct is said of an index that is not unique",
      "add unique = true")
  end
end

local function read_elements(list, operator_class)
  local elements = {}
  for at, item in ipairs(list) do
    elements[at] = element.read(item, "mp.index")
    elements[at].operator_class = elements[at].operator_class or operator_class
  end
  return elements
end

---@param given table  elements, and the options of `ROWS`
---@return moonpool.schema.Index
function index.new(given)
  local list, rest = given_module.split(given)
  if #list == 0 then
    errors.raise { kind = "bad_argument", message = "mp.index names no column",
      hint = 'mp.index { "column" }' }
  end
  local read = options.read(ROWS, rest, { kind = "bad_argument", what = "mp.index" })
  check(read)
  read.kind, read.elements = "index", read_elements(list, read.operator_class)
  read.operator_class = nil
  read.where = read.where ~= nil and sql_text(read.where, "where of mp.index") or nil
  return setmetatable(read, Index)
end

---@return string[]  what the index's name is made of
function index.parts(value)
  return element.parts(value.elements)
end

---@return boolean
function index.is_index(value)
  return getmetatable(value) == Index
end

return index
