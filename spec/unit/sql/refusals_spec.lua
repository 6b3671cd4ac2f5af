-- The query builder: what it refuses, with the message and the cure.
local cases = require "spec.support.sql_cases"
local errors = require "moonpool.errors"

describe("the query builder refuses", function()
  for _, list in ipairs { "refused_expressions", "refused_sources", "refused_statements" } do
    for _, case in ipairs(cases.load(list)) do
      it(case[1], function()
        local _, err = errors.try(case[2])

        assert.is_true(errors.is_error(err, "bad_argument"), tostring(err))
        assert.equal(case[3], err.message)
        assert.equal(case[4], err.hint)
      end)
    end
  end
end)
