-- Unique values that change hands within one flush: in which order rows are written, so that
-- nobody takes a value which is still there; pure.
--
-- The server looks at a unique constraint row by row. Rows form chains where each takes the value
-- of the next: the last is written first. A circle has no last one: a row of it takes a value that
-- nobody has, for as long as the others need.
local errors = require "moonpool.errors"
local identity_key = require "moonpool.orm.identity_key"
local model_module = require "moonpool.orm.model"
local order = require "moonpool.orm.flush.order"
local takers = require "moonpool.orm.flush.takers"
local vacancy = require "moonpool.orm.flush.vacancy"

local exchange = {}

-- When something is written: deletes may be at three places, updates at two.
local EARLY, FREE, MIDDLE, INSERT, BOUND, LATE = 1, 2, 3, 4, 5, 6

exchange.EARLY, exchange.MIDDLE = EARLY, MIDDLE

local MAX_WAVES = 8

---@class moonpool.orm.flush.Exchange
---@field waves table<table, integer>  updates by how many go before them
---@field moved table<table, boolean>  updates that have to come after the inserts
---@field vacated table<table, { [string]: any }>  what rows take for a while, by column
---@field vacated_list table[]  these rows
---@field phases table<table, integer>  deletes that have to come before the inserts: EARLY, MIDDLE
---@field constraints { part: moonpool.orm.Part, name: string }[]  to be checked at the end

local NONE = { waves = {}, moved = {}, vacated = {}, vacated_list = {}, phases = {},
  constraints = {} }

local function refuse(takings)
  local first = takings[1]
  local name, fields = first.part.table.name, table.concat(first.key.columns, ", ")
  errors.raise { kind = "bad_argument", table = name, constraint = first.key.name,
    message = ('rows of "%s" exchange what is unique in them (%s), and none can let go of it first')
      :format(name, fields),
    hint = first.key.is_primary
      and "keys cannot be exchanged: exchange the other fields, or use s:query"
      or ('declare it deferrable: mp.unique { "%s", deferrable = true }; or flush in between')
        :format(table.concat(first.key.columns, '", "')) }
end

local function vacate(state, taking)
  local holder = taking.holder
  local own = state.vacated[holder]
  state.serial = (state.serial or vacancy.first_serial()) + 1
  local name, value = vacancy.of(taking.part.table, taking.key, state.serial)
  if not name then
    -- Then the server says whether both are in the index.
    taking.is_settled = taking.key.is_unsure
    return taking.is_settled
  end
  if not own then
    own = {}
    state.vacated[holder] = own
    state.vacated_list[#state.vacated_list + 1] = holder
  end
  own[name] = value
  taking.is_settled = true
  return true
end

local function key_of(row, names)
  local values = {}
  for at, name in ipairs(names) do values[at] = row[name] end
  return identity_key.of(values, #names)
end

-- The deleted rows of a model by columns that others refer to.
local function index_of(state, target, names)
  local label = order.name_of(target) .. "\0" .. table.concat(names, "\0")
  local index = state.indexes[label]
  if index then return index end
  index = {}
  for _, object in ipairs(state.work.deletes) do
    if order.root_of(model_module.of(object)) == target then
      local key = key_of(state.work.uow:snapshot_of(object), names)
      if key ~= nil then index[key] = object end
    end
  end
  state.indexes[label] = index
  return index
end

local function add_referrers(state, referrer)
  local before = state.work.uow:snapshot_of(referrer)
  for _, key in ipairs(order.keys_of(model_module.of(referrer))) do
    local target = order.target_of(model_module.of(referrer), key)
    local value = target and key_of(before, key.columns)
    local object = value ~= nil and target and index_of(state, target, key.target)[value]
    if object and object ~= referrer then
      state.referrers[object] = state.referrers[object] or {}
      table.insert(state.referrers[object], referrer)
    end
  end
end

-- The rows of this flush that refer to deleted ones until they are written.
local function read_referrers(state)
  state.referrers, state.indexes = {}, {}
  for _, one in ipairs(state.work.updates) do add_referrers(state, one.object) end
  for _, object in ipairs(state.work.deletes) do add_referrers(state, object) end
end

local place_of

-- The first place at which nothing refers to the deleted row any more. Those of a circle let go of
-- each other before.
local function floor_of(state, object)
  local floor = state.floors[object]
  if floor then return floor end
  floor, state.floors[object] = EARLY, EARLY
  for _, referrer in ipairs(state.referrers[object] or {}) do
    local place = place_of(state, referrer)
    if place == FREE then place = MIDDLE elseif place == BOUND then place = LATE end
    floor = math.max(floor, place)
  end
  state.floors[object] = floor
  return floor
end

function place_of(state, object)
  if state.is_deleted[object] then return floor_of(state, object) end
  if not state.work.uow.entries[object] then return INSERT end
  return (state.is_bound[object] or state.moved[object]) and BOUND or FREE
end

-- Whether something had to be changed for it.
local function arrange(state, taking)
  local holder, taker = place_of(state, taking.holder), place_of(state, taking.taker)
  -- Updates of one place are put in order among themselves.
  if holder <= taker then return false end
  if taker == FREE and holder < LATE then
    state.moved[taking.taker] = true
  elseif not vacate(state, taking) then
    refuse { taking }
  end
  return true
end

local function arrange_all(state, takings)
  local is_done
  repeat
    is_done, state.floors = true, {}
    for _, taking in ipairs(takings) do
      if not taking.is_settled and arrange(state, taking) then
        is_done = false
        break
      end
    end
  until is_done
end

local function mark(state, object)
  if state.phases[object] then return end
  state.phases[object] = floor_of(state, object)
  for _, referrer in ipairs(state.referrers[object] or {}) do
    if state.is_deleted[referrer] then mark(state, referrer) end
  end
end

-- By taker, those among updates of one place.
local function by_taker(state, takings)
  local of = {}
  for _, taking in ipairs(takings) do
    local is_wave = not taking.is_settled
      and place_of(state, taking.holder) == place_of(state, taking.taker)
    if is_wave then
      of[taking.taker] = of[taking.taker] or {}
      table.insert(of[taking.taker], taking)
    end
  end
  return of
end

local function break_circle(state, path, taking)
  local from = #path
  while path[from].taker ~= taking.holder do from = from - 1 end
  local circle = table.move(path, from, #path, 1, {})
  for _, one in ipairs(circle) do
    if vacate(state, one) then return end
  end
  refuse(circle)
end

-- How many updates have to go before the object's; nil where a circle was met, and broken.
local function visit(state, of, object, path)
  local depth = 0
  state.open[object] = true
  for _, taking in ipairs(of[object] or {}) do
    path[#path + 1] = taking
    if state.open[taking.holder] then return break_circle(state, path, taking) end
    local below = state.waves[taking.holder] or visit(state, of, taking.holder, path)
    if not below then return nil end
    depth, path[#path] = math.max(depth, below + 1), nil
  end
  state.open[object], state.waves[object] = nil, depth
  return depth
end

-- Each wave is a statement: where there would be many, all rows move out of the way at once.
local function vacate_many(state, takings)
  local count = 0
  for _, list in pairs(by_taker(state, takings)) do count = count + #list end
  if count <= MAX_WAVES then return end
  for _, taking in ipairs(takings) do
    if not taking.is_settled and not state.is_deleted[taking.holder] then vacate(state, taking) end
  end
end

local function wave_pass(state, takings)
  local of = by_taker(state, takings)
  state.waves, state.open = {}, {}
  for _, taking in ipairs(takings) do
    local object = taking.taker
    if of[object] and not state.waves[object] and not visit(state, of, object, {}) then
      return false
    end
  end
  return true
end

-- A constraint that may be deferred is, and is checked when all is written.
local function split(takings)
  local list, constraints, seen = {}, {}, {}
  for _, taking in ipairs(takings) do
    local key = taking.key
    if key.deferrable ~= "immediate" then
      list[#list + 1] = taking
    elseif not seen[key] then
      seen[key] = true
      constraints[#constraints + 1] = { part = taking.part, name = key.name }
    end
  end
  return list, constraints
end

local function set_of(list, fn)
  local set = {}
  for _, item in ipairs(list) do set[fn(item)] = true end
  return set
end

---Raises `bad_argument` where no order is without two rows of one value.
---@param work moonpool.orm.flush.Work
---@param bound { object: table }[]  updates that have to come after the inserts
---@return moonpool.orm.flush.Exchange
function exchange.of(work, bound)
  local all = takers.of(work)
  if #all == 0 then return NONE end
  local takings, constraints = split(all)
  local state = { work = work, waves = {}, moved = {}, vacated = {}, vacated_list = {},
    phases = {}, constraints = constraints, floors = {},
    is_bound = set_of(bound, function(one) return one.object end),
    is_deleted = set_of(work.deletes, function(object) return object end) }
  read_referrers(state)
  arrange_all(state, takings)
  vacate_many(state, takings)
  repeat until wave_pass(state, takings)
  for _, taking in ipairs(takings) do
    if state.is_deleted[taking.holder] and not taking.is_settled then mark(state, taking.holder) end
  end
  return state
end

return exchange
