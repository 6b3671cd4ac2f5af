-- moonpool.util.singular: table names to the word for one row.
local singular = require "moonpool.util.singular"

describe("moonpool.util.singular", function()
  local WORDS = { users = "user", categories = "category", boxes = "box", addresses = "address",
    houses = "house", branches = "branch", dishes = "dish", people = "person", news = "news",
    order_lines = "order_line", status = "status", class = "class", sheep = "sheep",
    sizes = "size", quizzes = "quiz", analysis = "analysis" }
  for plural, one in pairs(WORDS) do
    it(("gives %s for %s"):format(one, plural), function()
      assert.equal(one, singular(plural))
    end)
  end
end)
