-- moonpool.orm.mixin: the columns that mixins bring, and what they make of the model.
local c = require "moonpool.column"
local constraint = require "moonpool.schema.constraint"
local ddl = require "moonpool.schema.ddl"
local model = require "moonpool.orm.model"
local reading_session = require "spec.support.reading_session"
local soft_delete = require "moonpool.orm.mixin.soft_delete"
local timestamps = require "moonpool.orm.mixin.timestamps"
local version = require "moonpool.orm.mixin.version"

describe("moonpool.orm.mixin", function()
  it("adds the times of a row's making and of its last change", function()
    local Row = model.new { "mix_rows", timestamps() }

    assert.same({ "created_at", "updated_at" }, Row.table:column_names())
    assert.equal("now()", tostring(Row.table.by_name.updated_at.on_update))
  end)

  it("counts a row's updates from one", function()
    local Row = model.new { "mix_rows", c.text "name", version() }

    assert.equal(1, Row { name = "a" }.version)
    assert.equal("version", model.class(Row).traits.version)
    assert.equal("revision", model.class(model.new { "mix_rows",
      version { column = "revision" } }).traits.version)
  end)

  describe("soft_delete", function()
    local Row = model.new { "mix_rows", c.int8("id", { primary_key = true }),
      c.text("email", { unique = true }), c.text "team", c.text "name",
      constraint.unique { "team", "name" }, soft_delete() }

    it("leaves deleted rows out, unless they are asked for", function()
      local s = reading_session.new()

      assert.matches("where mix_rows.deleted_at is null$", tostring(s:select(Row)))
      assert.not_matches("is null", tostring(s:select(Row):with_deleted()))
    end)

    it("makes unique hold among rows that are there", function()
      assert.same({}, Row.table.uniques)
      assert.matches("create unique index uq_mix_rows_email on mix_rows %(email%)"
        .. " where %(?deleted_at is null", table.concat(ddl.create(Row.table), "\n"))
      assert.matches("create unique index uq_mix_rows_team_name on mix_rows %(team, name%)",
        table.concat(ddl.create(Row.table), "\n"))
    end)
  end)
end)
