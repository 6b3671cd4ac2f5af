-- reading_session.lua - a session that only reads, over scripted answers: what loading asks for.
local identity_key = require "moonpool.orm.identity_key"
local instance = require "moonpool.orm.instance"
local loading = require "moonpool.orm.loading"
local model_module = require "moonpool.orm.model"
local null = require "moonpool.null"

local Session = {}
Session.__index = Session

local Result = {}
Result.__index = Result

function Result:__len() return #self.list end
function Result:names() return self.columns end

function Result:snapshot(row, names)
  local values = {}
  for at, name in ipairs(names) do
    if name then values[name] = self.list[row][at] end
  end
  return values
end

function Result:column(at)
  local values = {}
  for row, cells in ipairs(self.list) do
    values[row] = cells[at] == nil and null or cells[at]
  end
  return values
end

Session.select, Session.load = loading.select, loading.load

-- Answers are lists of rows as arrays, by the first pattern that the text has in it.
local function answer_of(self, sql, params)
  for _, rule in ipairs(self.rules) do
    if sql:find(rule.pattern) then
      local rows = rule.rows
      return type(rows) == "function" and rows(params) or rows
    end
  end
  return {}
end

function Session:read(requests, is_continued)
  local trip, results = {}, {}
  for at, request in ipairs(requests) do
    local sql, params = request.statement:sql()
    trip[at] = { sql = sql, params = params }
    results[at] = setmetatable({ list = answer_of(self, sql, params), columns = self.columns },
      Result)
  end
  trip.is_continued = is_continued
  self.trips[#self.trips + 1] = trip
  return results
end

local function object_of(self, model, values, batch)
  local columns, parts = model.table.primary_key.columns, {}
  for at, name in ipairs(columns) do parts[at] = values[name] end
  local key = identity_key.of(parts, #columns)
  if key == nil then return false end
  local known = self:find_known(model, key)
  if known then return known end
  self.known[model][key] = setmetatable(values, batch)
  return values
end

function Session:materialize(model, result, names)
  self.known[model] = self.known[model] or {}
  local batch = { session = self, model = model, siblings = {} }
  local list = {}
  batch.__index = instance.reader(model, model_module.class(model).fields, function(object, field)
    if self:is_loaded(object, field.name) then return nil end
    instance.refuse_unloaded(model, field.name)
  end)
  for row = 1, #result do
    list[row] = object_of(self, model, result:snapshot(row, names), batch)
    if list[row] then table.insert(batch.siblings, list[row]) end
  end
  return list
end

function Session:find_known(model, key)
  return self.known[model] and self.known[model][key]
end

function Session:is_loaded(object, name)
  return rawget(object, name) ~= nil or self.absent[object] ~= nil and self.absent[object][name]
end

function Session:keep_loaded(object, name, value)
  rawset(object, name, value)
  self.absent[object] = self.absent[object] or {}
  self.absent[object][name] = value == nil
end

Session.keep_column = Session.keep_loaded

function Session:siblings_of(object)
  return getmetatable(object).siblings
end

function Session:stream(model, statement)
  local rows, at = answer_of(self, statement:sql()), 0
  return function()
    at = at + 1
    return rows[at] and model_module.load(model, rows[at])
  end
end

---The rows for every text that a pattern is found in.
function Session:on(pattern, rows)
  table.insert(self.rules, { pattern = pattern, rows = rows })
  return self
end

---@return string[]  the texts of one round trip
function Session:texts(trip)
  local texts = {}
  for at, statement in ipairs(self.trips[trip] or {}) do texts[at] = statement.sql end
  return texts
end

local reading_session = {}

function reading_session.new(columns)
  return setmetatable({ trips = {}, rules = {}, known = {}, absent = {}, columns = columns },
    Session)
end

return reading_session
