-- moonpool.orm.hooks: what is called at a model's events, in order, and where it was set.
local c = require "moonpool.column"
local errors = require "moonpool.errors"
local hooks = require "moonpool.orm.hooks"
local model = require "moonpool.orm.model"

local function new_model()
  return model.new { "hooked", c.int8("id", { primary_key = true }) }
end

local function refusal(fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, "bad_argument"), tostring(err))
  return err.message
end

describe("moonpool.orm.hooks", function()
  it("keeps them in the order they were set, with their places", function()
    local Hooked = new_model()
    local function first() end
    local function second() end

    Hooked:on("before_insert", first):on("after_load", second):on("before_insert", second)

    local list = hooks.list(Hooked)
    assert.same({ "before_insert", "after_load", "before_insert" },
      { list[1].event, list[2].event, list[3].event })
    assert.same({ first, second }, model.class(Hooked).hooks.before_insert)
    assert.matches("hooks_spec.lua:%d+", list[1].where)
  end)

  it("has none at first, and none of another model's", function()
    local Hooked = new_model()
    new_model():on("before_insert", print)

    assert.same({}, hooks.list(Hooked))
    assert.is_nil(model.class(Hooked).hooks.before_insert)
  end)

  it("refuses an event that there is none of, and what is no function", function()
    local Hooked = new_model()

    assert.equal('model "hooked": there is no event "before_save"', refusal(Hooked.on, Hooked,
      "before_save", print))
    assert.matches('did you mean "before_insert"', refusal(Hooked.on, Hooked, "before_inset",
      print))
    assert.equal('model "hooked": a hook is a function, not a nil',
      refusal(Hooked.on, Hooked, "before_insert"))
  end)
end)
