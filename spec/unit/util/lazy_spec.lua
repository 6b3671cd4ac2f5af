-- lazy_spec.lua - fields that are loaded from modules when they are first asked for.
local lazy = require "moonpool.util.lazy"

describe("moonpool.util.lazy", function()
  local loads

  before_each(function()
    loads = 0
    package.preload["spec.lazy_part"] = function()
      loads = loads + 1
      return { answer = 42 }
    end
    package.loaded["spec.lazy_part"] = nil
  end)

  after_each(function()
    package.preload["spec.lazy_part"], package.loaded["spec.lazy_part"] = nil, nil
  end)

  it("loads nothing before a field is asked for", function()
    local fields = lazy.fields({ own = 1 }, { answer = { "spec.lazy_part", "answer" } })

    assert.equal(1, fields.own)
    assert.is_nil(fields.other)
    assert.equal(0, loads)
  end)

  it("gives a field of a module, and keeps it", function()
    local fields = lazy.fields({}, { answer = { "spec.lazy_part", "answer" } })

    assert.equal(42, fields.answer)
    assert.equal(42, rawget(fields, "answer"))
  end)

  it("gives the module itself where no field is named", function()
    local fields = lazy.fields({}, { part = { "spec.lazy_part" } })

    assert.same({ answer = 42 }, fields.part)
  end)

  it("leaves a field alone that was set before", function()
    local fields = lazy.fields({}, { answer = { "spec.lazy_part", "answer" } })
    fields.answer = 7

    assert.equal(7, fields.answer)
    assert.equal(0, loads)
  end)

  it("takes the place of fields that an earlier library has left", function()
    local target = { shape = "old" }

    assert.equal(require "moonpool.sql.shape", lazy.fields(target, {
      shape = { "moonpool.sql.shape" } }).shape)
  end)
end)
