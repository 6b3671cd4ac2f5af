-- The text and the name of new migration files.
local template = require "moonpool.migration.template"

local function fields_of(text)
  local mp = { migration = function(fields) return fields end }
  return assert(load(text, "=new", "t", { require = function() return mp end }))()
end

describe("moonpool.migration.template", function()
  it("leaves the parent out at the base", function()
    local text = template.text("a", {}, "start")

    assert.is_nil(text:find("down_revision", 1, true))
    assert.equal("a", fields_of(text).revision)
  end)

  it("names one parent", function()
    assert.equal("a", fields_of(template.text("b", { "a" }, "next")).down_revision)
  end)

  it("lists the parents of a merge", function()
    assert.same({ "a", "b" }, fields_of(template.text("c", { "a", "b" }, "merge")).down_revision)
  end)

  it("opens with the message as its job", function()
    local text = template.text("a", {}, "orders get a state")

    assert.equal("-- orders get a state", text:match "^[^\n]*")
  end)

  it("keeps any message whole and harmless", function()
    local message = "]] \" \\ %s\nos.exit(1)\t--"

    assert.equal(message, fields_of(template.text("a", {}, message)).message)
  end)

  it("has both functions", function()
    local fields = fields_of(template.text("a", {}, "start"))

    assert.equal("function", type(fields.upgrade))
    assert.equal("function", type(fields.downgrade))
  end)

  local NAMES = {
    ["Orders get a state"] = "r_orders_get_a_state.lua",
    ["  a/b ../c  "] = "r_a_b_c.lua",
    ["--"] = "r_revision.lua",
    ["café"] = "r_caf.lua",
  }
  for message, name in pairs(NAMES) do
    it(("names the file of %q"):format(message), function()
      assert.equal(name, template.file_name("r", message))
    end)
  end
end)
