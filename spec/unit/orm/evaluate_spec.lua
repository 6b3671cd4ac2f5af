-- moonpool.orm.evaluate: conditions looked at in Lua, and those that cannot be.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local evaluate = require "moonpool.orm.evaluate"
local model = require "moonpool.orm.model"
local null = require "moonpool.null"
local operator = require "moonpool.sql.operator"
local orm_session = require "moonpool.orm.session"
local session_target = require "spec.support.session_target"

local Row = model.new { "e_rows", c.int8("id", { primary_key = true }),
  c.int4("age", { null = true }), c.text("name", { null = true }) }

describe("moonpool.orm.evaluate", function()
  local s
  before_each(function()
    s = orm_session.open(session_target.new(), nil, {})
    for id = 1, 4 do
      local row = session_target.stored(s, Row,
        { id = id, age = id < 4 and id * 10 or nil, name = "n" .. id })
      row.age = 99 -- what is stored counts
    end
  end)

  local CASES = {
    { { age = 10 }, "1" }, { { age = operator.gt(10) }, "2 3" },
    { { age = operator.between(10, 20) }, "1 2" }, { { age = null }, "4" },
    { { age = operator.ne(null) }, "1 2 3" }, { { id = { 1, 4 } }, "1 4" },
    { { age = operator.lte(20), name = "n2" }, "2" }, { { name = {} }, "" },
  }
  for number, case in ipairs(CASES) do
    it(("finds the rows of case %d"):format(number), function()
      local ids = {}
      for at, row in ipairs(evaluate.matching(s, Row, case[1])) do ids[at] = row.id end
      table.sort(ids)
      assert.equal(case[2], table.concat(ids, " "))
    end)
  end

  it("leaves to the server what only the server knows", function()
    for _, filter in ipairs { Row.age:gt(1), { name = operator.gt "a" },
      { name = operator.like "n%" }, { age = Row.id } } do
      local _, err = errors.try(evaluate.matching, s, Row, filter)
      assert.is_true(errors.is_error(err, "bad_argument"), tostring(err))
      assert.matches("fetch", err.hint)
    end
  end)
end)
