-- A grant as data: who may do what with an object.
local given_module = require "moonpool.schema.given"
local object = require "moonpool.schema.object"
local options = require "moonpool.options"
local qualified = require "moonpool.schema.qualified"
local suggest = require "moonpool.util.suggest"

local grant = {}

-- What may be granted on each kind of thing.
local PRIVILEGES = {
  table = "select insert update delete truncate references trigger maintain",
  sequence = "usage select update", schema = "create usage", func = "execute",
  procedure = "execute", type = "usage", database = "create connect temporary",
  language = "usage", ["all tables"] = "select insert update delete truncate references trigger",
  ["all sequences"] = "usage select update", ["all functions"] = "execute",
}

local KINDS = {}
for name in pairs(PRIVILEGES) do KINDS[#KINDS + 1] = name end
table.sort(KINDS)

local ROWS = {
  { name = "on", kind = "string", doc = "the object's name; a schema's for \"all tables\"" },
  { name = "kind", kind = "choice", values = KINDS, default = "table" },
  { name = "args", kind = "string", doc = "types of a function's arguments" },
  { name = "to", kind = "any", required = true, doc = "a role, or a list of them" },
  { name = "columns", kind = "strings", doc = "of the table, where it is not all of it" },
  { name = "with_grant_option", kind = "boolean", default = false },
  { name = "revoke", kind = "boolean", default = false,
    doc = "what everybody may do unless it is taken back: execute functions, use types" },
  { name = "schema", kind = "string" },
}

local Grant = object.class "grant"

local function known_of(kind)
  local known = { all = true }
  for word in PRIVILEGES[kind]:gmatch "%S+" do known[word] = true end
  return known
end

local function check_privileges(list, kind)
  local known = known_of(kind)
  for _, word in ipairs(list) do
    if not known[word] then
      given_module.refuse("mp.grant", ("there is no privilege %s on a %s%s"):format(tostring(word),
        kind, suggest.phrase(word, known)), "they are: all " .. PRIVILEGES[kind])
    end
  end
end

-- Inside a table's declaration the object is that table.
local function set_target(self)
  if self.on == nil then return end
  local schema, name = qualified.split(self.on)
  self.schema, self.on = self.schema or schema, name
  given_module.check_name("mp.grant", name)
end

---@param given table  privileges, and `on`, `kind`, `to`, `columns`, `with_grant_option`
---@return moonpool.schema.Object
function grant.new(given)
  local list, rest = given_module.split(given)
  if #list == 0 then
    given_module.refuse("mp.grant", "it grants nothing",
      'mp.grant { "select", on = "orders", to = "reader" }')
  end
  local read = options.read(ROWS, rest, { kind = "bad_argument", what = "mp.grant" })
  check_privileges(list, read.kind)
  if read.revoke and read.with_grant_option then
    given_module.refuse("mp.grant", "what is revoked has no grant option", "keep one of them")
  end
  if read.columns and read.kind ~= "table" then
    given_module.refuse("mp.grant", "columns are said of what is no table", "leave them out")
  end
  local self = { kind = "grant", of_kind = read.kind, on = read.on, schema = read.schema,
    args = read.args, privileges = list, columns = read.columns,
    to = type(read.to) == "table" and read.to or { read.to },
    with_grant_option = read.with_grant_option, revoke = read.revoke }
  given_module.check_names("mp.grant", self.to)
  set_target(self)
  return setmetatable(self, Grant)
end

return grant
