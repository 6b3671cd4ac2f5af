-- roundtrip_spec.lua - random values of every type, to the server and back: the same in binary, as
-- text and by the server's own word.
local full = require "spec.support.full"
local mp = require "moonpool"
local random_values = require "spec.support.random_values"
local seed = require "spec.support.seed"

-- A collection after each allocation makes every value dear.
local SHORT = os.getenv "MOONPOOL_SPEC_GC" and 10 or 400
local COUNT = full(SHORT, 100000)
local ARRAY_BATCH, EACH_BATCH = 500, 50

local function show(value)
  return ("%s %q"):format(math.type(value) or type(value), tostring(value))
end

-- Numbers of one subtype and the same value, userdata by their text, an empty table by its mark.
local function same_leaf(a, b)
  if rawequal(a, b) then return true end
  if type(a) ~= type(b) or math.type(a) ~= math.type(b) then return false end
  if type(a) == "userdata" then return tostring(a) == tostring(b) end
  if type(a) == "table" then return mp.json.encode(a) == mp.json.encode(b) end
  return type(a) == "number" and (a == b or (a ~= a and b ~= b))
end

local function is_branch(value) return type(value) == "table" and next(value) ~= nil end

local function keys_of(a, b)
  local keys = {}
  for key in pairs(a) do keys[key] = true end
  for key in pairs(b) do keys[key] = true end
  return keys
end

-- Where two values differ and how; nil where they do not.
local function difference(a, b, path)
  if not (is_branch(a) and is_branch(b)) then
    if same_leaf(a, b) then return nil end
    return ("expected %s, got %s %s"):format(show(a), show(b), path)
  end
  for key in pairs(keys_of(a, b)) do
    local found = difference(a[key], b[key], ("%s[%q]"):format(path, key))
    if found then return found end
  end
end

local function values_list(row, count)
  local lines = {}
  for i = 1, count do lines[i] = ("(%d, $%d::%s)"):format(i, i, row.type) end
  return "(values " .. table.concat(lines, ", ") .. ") as given(n, v)"
end

-- A column of a type that has no binary form here makes the whole row travel as text.
local FORMS = { binary = "select v, %s from %s order by n",
  text = "select v, %s, null::money from %s order by n" }

local function ask(db, form, row, batch)
  local written = row.written or "v::text"
  if row.each then
    local source = values_list(row, #batch)
    return db:tuples(FORMS[form]:format(written, source), table.unpack(batch))
  end
  local source = ("unnest($1::%s[]) with ordinality as given(v, n)"):format(row.type)
  return db:tuples(FORMS[form]:format(written, source), batch)
end

local function assert_same(what, row, given, expected, actual)
  local found = difference(expected, actual, "")
  if not found then return end
  error(("%s %s: gave %s, %s"):format(row.type, what, show(given), found), 0)
end

local function check(db, row, batch)
  for form in pairs(FORMS) do
    local read = ask(db, form, row, batch)
    assert.equal(#batch, #read)
    for i, given in ipairs(batch) do
      local value, text = read[i][1], read[i][2]
      local expected = given
      if row.read then expected = row.read(text) end
      assert_same("in " .. form, row, given, expected, value)
      if row.text then assert_same("by the server", row, given, text, row.text(value)) end
    end
  end
end

local function next_batch(row, left)
  local batch = {}
  for i = 1, math.min(left, row.each and EACH_BATCH or ARRAY_BATCH) do batch[i] = row.random() end
  return batch
end

describe("a round trip", function()
  local db

  setup(function()
    seed.set "round trip"
    db = mp.engine(nil, { pool = { max = 1 } })
  end)
  teardown(function() db:close() end)

  for _, row in ipairs(random_values.ROWS) do
    it("leaves the edges of " .. row.type .. " as they were", function()
      local alone = setmetatable({ each = true }, { __index = row })
      for _, value in ipairs(row.edges) do check(db, alone, { value }) end
      check(db, row, row.edges)
    end)

    it("leaves random values of " .. row.type .. " as they were", function()
      local left = COUNT
      while left > 0 do
        local batch = next_batch(row, left)
        check(db, row, batch)
        left = left - #batch
      end
    end)
  end
end)
