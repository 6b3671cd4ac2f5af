-- What `only` and `except` leave of a schema's objects.
local c = require "moonpool.column"
local enum = require "moonpool.schema.enum"
local errors = require "moonpool.errors"
local func = require "moonpool.schema.func"
local grant = require "moonpool.schema.grant"
local policy = require "moonpool.schema.policy"
local schema_table = require "moonpool.schema.table"
local selection = require "moonpool.catalog.selection"
local sequence = require "moonpool.schema.sequence"
local trigger = require "moonpool.schema.trigger"
local view = require "moonpool.schema.view"

local objects = {
  enum.new("mood", { "x" }), enum.new("unused", { "x" }), sequence.new "s",
  schema_table.new("users", { c.int8 "id", c.enum("mood", "mood") }),
  schema_table.new("posts", { c.int8 "id" }), view.new("v", "select id from users"),
  func.new("f", { returns = "trigger", language = "plpgsql", body = "" }),
  trigger.new("tr", { table = "users", when = "after", events = "insert", execute = "f" }),
  policy.new("p", { table = "posts", using = "true" }),
  grant.new { "select", on = "users", to = "r" }, grant.new { "select", on = "posts", to = "r" },
}

local function names(only, except)
  local list = {}
  for at, of in ipairs(selection(objects, only, except)) do list[at] = of.name or "on " .. of.on end
  return table.concat(list, " ")
end

describe("a selection", function()
  it("is everything when nothing is said", function()
    assert.equal(objects, selection(objects))
  end)

  it("takes what the chosen tables need, and what is theirs", function()
    assert.equal("mood users f tr on users", names { "users" })
    assert.equal("posts p on posts", names { "posts" })
    assert.equal("s", names { "s" })
    assert.equal("v", names { "v" })
  end)

  it("leaves tables out, with what is theirs", function()
    assert.equal("mood unused s posts v f p on posts", names(nil, { "users" }))
    assert.equal("mood users f tr on users", names({ "users", "posts" }, { "posts" }))
  end)

  it("refuses names that are not there", function()
    local _, err = errors.try(selection, objects, { "user" })

    assert.matches('no table or view "user" %(did you mean "users"', err.message)
  end)
end)
