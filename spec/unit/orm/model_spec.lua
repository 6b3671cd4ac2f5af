-- moonpool.orm.model: columns, instances and what a declaration refuses.
local c = require "moonpool.column"
local declare = require "moonpool.orm.relation.declare"
local errors = require "moonpool.errors"
local model = require "moonpool.orm.model"

local User = model.new { "users",
  c.int8("id", { primary_key = true, identity = true }), c.text "email",
  c.int4("age", { null = true }), c.array("tags", "text", { default = {} }) }

local function refusal(kind, fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, kind), tostring(err))
  return err.message
end

describe("moonpool.orm.model", function()
  it("gives columns by name, by c and under an alias", function()
    assert.equal("users.email", tostring(User.email))
    assert.equal("users.email", tostring(User.c.email))
    assert.equal("u.email", tostring(User:as("u").email))
  end)

  it("suggests a column's name", function()
    assert.matches('did you mean "email"',
      refusal("bad_argument", function() return User.emial end))
    assert.matches('did you mean "email"', refusal("bad_argument", User, { emial = 1 }))
  end)

  it("sets plain defaults at once, each its own", function()
    local a, b = User { email = "a" }, User { email = "b" }

    assert.same({}, a.tags)
    assert.not_equal(a.tags, b.tags)
  end)

  it("shows only data to pairs", function()
    local keys = {}
    for key in pairs(User { email = "a" }) do keys[#keys + 1] = key end
    table.sort(keys)

    assert.same({ "email", "tags" }, keys)
  end)

  it("gives instances its methods", function()
    local Named = model.new { "named", c.text "name" }
    function Named.methods:display() return "<" .. self.name .. ">" end

    assert.equal("<x>", Named { name = "x" }:display())
  end)

  it("generates keys", function()
    local Keyed = model.new { "keyed", c.uuid("a", { generate = "v4" }),
      c.uuid("b", { generate = "v7" }),
      c.text("c", { generate = function() return "own" end }) }

    local row = Keyed {}

    assert.matches("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$", row.a)
    assert.matches("^%x+%-%x+%-7%x+%-[89ab]%x+%-%x+$", row.b)
    assert.equal("own", row.c)
  end)

  it("declares the column that belongs_to needs, typed by its target", function()
    local Post = model.new { "posts", declare.belongs_to("author", { table = "users" }) }

    assert.equal("int8", Post.source.type_of "author_id")
    assert.equal("fk_posts_author_id_users", Post.table.foreign_keys[1].name)
  end)

  it("refuses an unknown option and a missing name", function()
    assert.matches('did you mean "schema"',
      refusal("bad_argument", model.new, { "t", shema = "x" }))
    assert.matches("table's name", refusal("bad_argument", model.new, {}))
  end)
end)
