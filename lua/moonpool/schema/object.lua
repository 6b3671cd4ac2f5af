-- What all declared objects beside tables share: a kind, a name in a schema, options read by rows.
local given_module = require "moonpool.schema.given"
local options = require "moonpool.options"
local qualified = require "moonpool.schema.qualified"
local text = require "moonpool.util.text"

local object = {}

---@class moonpool.schema.Object
---@field kind string  "enum", "view", "func", ...
---@field name string
---@field schema string?
---@field comment string?
---@field depends_on string[]?  names of objects that must be there first

local COMMON = {
  { name = "schema", kind = "string" },
  { name = "comment", kind = "string" },
  { name = "depends_on", kind = "strings", doc = "names of objects that must be there first" },
  { name = "renamed_from", kind = "string" },
}

local classes = {}

-- Each kind has a metatable of its own, for its methods.
---@param kind string
---@return table  the methods of its objects
function object.class(kind)
  local class = classes[kind]
  if not class then
    class = { __name = "moonpool.schema." .. kind, is_schema_object = true }
    class.__index = class
    classes[kind] = class
  end
  return class
end

---@return boolean
function object.is_object(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "is_schema_object") == true
end

---@return string  for messages: mp.enum "mood"
function object.what(kind, name)
  return ("mp.%s %s"):format(kind, text.show(name))
end

local function set_name(read, what, name)
  if type(name) ~= "string" then
    given_module.refuse(what, "it has no name", "give the name first")
  end
  local schema, own = qualified.split(name)
  if schema and read.schema and schema ~= read.schema then
    given_module.refuse(what, ('its schema is "%s" and "%s"'):format(schema, read.schema),
      "name it once")
  end
  read.name, read.schema = own, read.schema or schema
  given_module.check_name(what, own)
  if read.schema then given_module.check_name(what .. ", schema", read.schema) end
end

---@param kind string  also what is said in messages: mp.<kind>
---@param name any  `"mood"` or `"app.mood"`
---@param given table?  the options
---@param rows moonpool.OptionRow[]
---@return moonpool.schema.Object
function object.new(kind, name, given, rows)
  local what = object.what(kind, name)
  local read = options.read(given_module.rows(COMMON, rows), given,
    { kind = "bad_argument", what = what })
  set_name(read, what, name)
  read.kind = kind
  return setmetatable(read, object.class(kind))
end

return object
