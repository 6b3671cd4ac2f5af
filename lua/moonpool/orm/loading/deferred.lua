-- Columns that a read leaves out unless they are asked for: brought later, by their rows' keys.
local columns = require "moonpool.orm.loading.columns"
local errors = require "moonpool.errors"
local keys_module = require "moonpool.orm.loading.keys"
local path = require "moonpool.orm.loading.path"
local select = require "moonpool.sql.select"

local deferred = {}

---@param nodes moonpool.orm.LoadNode[]
---@return table<string, boolean>? wanted  the columns among them
function deferred.wanted(nodes)
  local wanted
  for _, node in ipairs(nodes) do
    if node.column then
      wanted = wanted or {}
      wanted[node.column] = true
    end
  end
  return wanted
end

-- An object that was there before has not what this read brought for it.
local function fill_row(session, object, row, wanted)
  for name in pairs(wanted) do
    if not session:is_loaded(object, name) then session:keep_column(object, name, row[name]) end
  end
end

---Give every object of a result the deferred columns that came with it.
---@param names (string | false)[]
---@param wanted table<string, boolean>?
function deferred.fill(session, result, objects, names, wanted)
  if not wanted then return end
  local only = {}
  for at, name in ipairs(names) do only[at] = wanted[name] and name or false end
  for row = 1, #result do
    if objects[row] then fill_row(session, objects[row], result:snapshot(row, only), wanted) end
  end
end

local function key_of(model, what)
  local key = model.table.primary_key
  if key then return key.columns end
  errors.raise { kind = "bad_argument", table = model.table.name,
    message = ('"%s" has no primary key to load %s by'):format(model.table.name, what),
    hint = "declare one, or read the column with the row: :with { ... }" }
end

local function statement_of(model, key, names, keys)
  local source = model.source
  local listed = columns.expressions(key, source)
  table.move(columns.expressions(names, source), 1, #names, #listed + 1, listed)
  local statement = select(listed):from(model)
  if #key == 1 then return statement:where(listed[1]:one_of(keys.arrays[1])) end
  local types = {}
  for at, name in ipairs(key) do types[at] = source.type_of(name) end
  return statement:join(keys_module.source(keys, types),
    path.all_equal({ table.unpack(listed, 1, #key) }, keys_module.columns(#key)))
end

local Step = {}
Step.__index = Step

function Step:take(result)
  for row = 1, #result do
    local values = result:snapshot(row, self.read.names)
    local number = self.keys.at[keys_module.of(values, self.key)]
    for _, object in ipairs(self.keys.parents[number] or {}) do
      fill_row(self.session, object, values, self.columns)
      self.found[object] = true
    end
  end
end

function Step.attach() end

function Step.children()
  return {}
end

---One read for all objects that lack one of the columns.
---@param session table
---@param model moonpool.Model
---@param objects table[]
---@param wanted table<string, boolean>
---@return table?  a step of `loading.level`; nil where nothing is lacking
function deferred.step(session, model, objects, wanted)
  local names = {}
  for name in pairs(wanted) do names[#names + 1] = name end
  table.sort(names)
  local key = key_of(model, table.concat(names, ", "))
  local keys, dumps = keys_module.new(#key), keys_module.dumps(model, key)
  for _, object in ipairs(objects) do
    local is_lacking = false
    for name in pairs(wanted) do
      is_lacking = is_lacking or not session:is_loaded(object, name)
    end
    local own, values = keys_module.of(object, key)
    if is_lacking and own ~= nil then
      keys_module.add(keys, object, keys_module.sent(dumps, own, values))
    end
  end
  if keys.count == 0 then return nil end
  local placed = table.move(names, 1, #names, #key + 1, table.move(key, 1, #key, 1, {}))
  return setmetatable({ session = session, key = key, keys = keys, columns = wanted, found = {},
    read = { statement = statement_of(model, key, names, keys), names = placed } }, Step)
end

return deferred
