-- The query builder: every case of spec/support/sql_cases as SQL text and parameters.
local cases = require "spec.support.sql_cases"

-- Once more in the other order, when every text is known: none may be taken for another's.
local function check_again(topics)
  for at = #topics, 1, -1 do
    local list = cases.load(topics[at])
    for index = #list, 1, -1 do
      assert.equal(list[index][3], (list[index][2]():sql()), list[index][1])
    end
  end
end

describe("the query builder", function()
  for _, topic in ipairs(cases.TOPICS) do
    describe("(" .. topic:gsub("_", " ") .. ")", function()
      for _, case in ipairs(cases.load(topic)) do
        it(case[1], function()
          local query = case[2]()
          local text, params = query:sql()

          assert.equal(case[3], text)
          assert.equal(#(case[4] or {}), params.n)
          for at = 1, params.n do assert.same(case[4][at], params[at]) end
          assert.equal(case[3], tostring(query))
        end)
      end
    end)
  end

  it("finds every text again, whatever was built in between", function()
    check_again(cases.TOPICS)
  end)

  it("says something different in every case", function()
    local seen = {}
    for _, topic in ipairs(cases.TOPICS) do
      for _, case in ipairs(cases.load(topic)) do
        assert.is_nil(seen[case[1]], case[1])
        seen[case[1]] = true
      end
    end
  end)
end)
