-- sql_random_spec.lua - random expressions mean on a server what they mean with every bracket.
local mp = require "moonpool"
local random_expression = require "spec.support.random_expression"
local seed = require "spec.support.seed"

local COUNT = 1500

-- What both may do: a number too large.
local function is_too_large(err)
  return mp.is_error(err, "numeric_value_out_of_range")
end

local function refuses(text, err)
  error(("%s\n%s"):format(text, tostring(err)), 0)
end

describe("a random expression", function()
  it("means what it means with every bracket", function()
    seed.set "random expressions"
    local db <close> = mp.engine()
    local compared, values = 0, mp.sql(random_expression.VALUES)
    for _ = 1, COUNT do
      local made, sql = random_expression.make(random_expression.type(), math.random(5))
      local query = mp.select { mp.sql("? is not distinct from ?", made, mp.sql(sql)):as "same" }
      local text, params = query:sql()
      local ok, same = pcall(db.value, db, text .. " from " .. tostring(values),
        table.unpack(params, 1, params.n))
      if ok then
        assert.is_true(same, text)
        compared = compared + 1
      elseif not is_too_large(same) then
        refuses(text, same)
      end
    end
    assert.is_true(compared > COUNT * 0.9, compared .. " compared")
  end)

  it("is found where its condition holds", function()
    seed.set "random conditions"
    local db <close> = mp.engine()
    for _ = 1, COUNT // 5 do
      local made, sql = random_expression.make("truth", math.random(4))
      local text, params = mp.select({ mp.sql "1" }):from(mp.sql("unnest('{1}'::int4[])"):as "one")
        :where(made, mp.sql "a = a"):sql()
      local full = text:gsub(" from ", " from " .. random_expression.VALUES:gsub("%%", "%%%%")
        .. ", ", 1)
      local ok, rows = pcall(db.query, db, full, table.unpack(params, 1, params.n))
      if ok then
        local expected = db:value(("select count(*) from %s where %s"):format(
          random_expression.VALUES, sql))
        assert.equal(expected, #rows, full)
      elseif not is_too_large(rows) then
        refuses(full, rows)
      end
    end
  end)
end)
