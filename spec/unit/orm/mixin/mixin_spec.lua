-- moonpool.orm.mixin: the columns that mixins bring, and what they make of the model.
local c = require "moonpool.column"
local constraint = require "moonpool.schema.constraint"
local ddl = require "moonpool.schema.ddl"
local model = require "moonpool.orm.model"
local reading_session = require "spec.support.reading_session"
local refusal = require "spec.support.refusal"
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

  describe("version by xmin", function()
    local key = c.int8("id", { primary_key = true })

    it("reads a column that the table's DDL does not name", function()
      local Row = model.new { "mix_rows", key, version { by = "xmin" } }

      assert.same({ "id", "xmin" }, Row.table:column_names())
      assert.not_matches("xmin", table.concat(ddl.create(Row.table), "\n"))
      assert.is_nil(Row {}.xmin)
      assert.equal("select mix_rows.id, mix_rows.xmin from mix_rows",
        tostring(reading_session.new():select(Row)))
    end)

    it("takes no other column, and no table that has none to give", function()
      refusal.check({ kind = "bad_argument", says = "no column of the table's own" }, version,
        { by = "xmin", column = "revision" })
      refusal.check({ kind = "bad_argument", says = 'must be one of "xmin", not "ctid"' }, version,
        { by = "ctid" })
      refusal.check({ kind = "bad_argument", says = "a partitioned table gives no xmin" },
        model.new, { "mix_rows", key, version { by = "xmin" },
          partition = { by = "range", "id" } })
    end)
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
