-- Whether foreign keys and the like name columns that the tables they name have.
local given_module = require "moonpool.schema.given"
local qualified = require "moonpool.schema.qualified"
local suggest = require "moonpool.util.suggest"
local unique_key = require "moonpool.schema.unique_key"

local reference_check = {}

local function check_column(what, of, name)
  if of.inherits or of.by_name[name] then return end
  given_module.refuse(what, ('"%s" has no column "%s"%s'):format(of.name, name,
    suggest.phrase(name, of.by_name)), "name a column of that table")
end

local function check_key(of, key, target)
  local what = ('foreign key "%s" of "%s"'):format(key.name, of.name)
  for _, name in ipairs(key.target) do check_column(what, target, name) end
  if unique_key.find(target, key.target) then return end
  given_module.refuse(what, ('no unique key of "%s" is on (%s)'):format(target.name,
    table.concat(key.target, ", ")), "declare a primary key or mp.unique there")
end

local function check_owner(of, find)
  if not of.owned_by then return end
  local parts = qualified.parts(of.owned_by)
  local owner = find(#parts == 3 and parts[1] or of.schema, parts[#parts - 1])
  if owner then check_column(('sequence "%s"'):format(of.name), owner, parts[#parts]) end
end

local function check_names(of, find, names)
  local owner = find(of.schema, of.table or of.on)
  for _, name in ipairs(owner and names or {}) do
    check_column(('%s "%s"'):format(of.kind, of.name or "on " .. of.on), owner, name)
  end
end

-- By kind: what names columns of a table.
local checks = {}

function checks.table(of, find)
  for _, key in ipairs(of.foreign_keys) do
    local target = find(key.schema, key.table) or key.schema == nil and find(of.schema, key.table)
    if target then check_key(of, key, target) end
  end
  for _, item in ipairs(of.attached) do checks[item.kind](item, find) end
end

function checks.sequence(of, find)
  check_owner(of, find)
end

function checks.trigger(of, find)
  check_names(of, find, of.columns)
end

function checks.policy()
end

function checks.grant(of, find)
  if of.of_kind == "table" then check_names(of, find, of.columns) end
end

---Tables that are not among the objects may be in the database: nothing is known of them.
---@param objects table[]
function reference_check.run(objects)
  local tables = {}
  local function key_of(schema, name) return qualified.join(schema, name) end
  for _, of in ipairs(objects) do
    if of.kind == "table" then tables[key_of(of.schema, of.name)] = of end
  end
  local function find(schema, name) return name and tables[key_of(schema, name)] end
  for _, of in ipairs(objects) do
    if checks[of.kind] then checks[of.kind](of, find) end
  end
end

return reference_check
