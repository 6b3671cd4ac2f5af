-- Recording a migration's functions into a plan: statements, inverses, and every refusal's place.
local errors = require "moonpool.errors"
local plan = require "moonpool.migration.plan"
local revision = require "moonpool.migration.revision"

local FILE = "m/versions/1_a.lua"

-- The body runs as a chunk of the migration's file, from line 1.
local function function_of(body)
  return assert(load("local op = ...\n" .. body, "@" .. FILE, "t"))
end

local function record_of(bodies)
  local fields = { revision = "a", allow = bodies.allow }
  for _, name in ipairs { "upgrade", "downgrade", "change" } do
    fields[name] = bodies[name] and function_of(bodies[name])
  end
  return revision.in_file(revision.new(fields), FILE)
end

local function sql_of(bodies, direction)
  local list = {}
  for index, statement in ipairs(plan.new(record_of(bodies), direction or "upgrade").statements) do
    list[index] = statement.sql
  end
  return list
end

local function refusal(bodies, direction)
  local _, err = errors.try(plan.new, record_of(bodies), direction or "upgrade")
  return err
end

describe("moonpool.migration.plan", function()
  local RENDERED = {
    { "op:execute 'select 1'", "select 1" },
    { "op:drop_table('notes', { data_loss = 'accepted' })", "drop table notes" },
    { "op:drop_table('app.order', { data_loss = 'accepted' })", "drop table app.\"order\"" },
    { "op:drop_column('notes', 'body', { data_loss = 'accepted' })",
      "alter table notes drop column body" },
    { "op:drop_index 'app.ix_notes_body'", "drop index app.ix_notes_body" },
    { "op:drop_constraint('notes', 'ck_notes')", "alter table notes drop constraint ck_notes" },
    { "op:rename_table('app.notes', 'Texts')", "alter table app.notes rename to \"Texts\"" },
    { "op:rename_column('notes', 'body', 'user')",
      "alter table notes rename column body to \"user\"" },
    { "op:set_not_null('notes', 'body')", "alter table notes alter column body set not null" },
    { "op:drop_not_null('notes', 'body')", "alter table notes alter column body drop not null" },
  }
  for _, case in ipairs(RENDERED) do
    it("renders " .. case[1], function()
      assert.same({ case[2] }, sql_of { upgrade = case[1] })
    end)
  end

  it("keeps the order of the calls", function()
    assert.same({ "select 1", "select 2" },
      sql_of { upgrade = "op:execute 'select 1' op:execute 'select 2'" })
  end)

  it("is empty where a merge has no functions", function()
    assert.same({}, sql_of {})
    assert.same({}, sql_of({}, "downgrade"))
  end)

  it("takes the downgrade for going down", function()
    assert.same({ "select 2" },
      sql_of({ upgrade = "op:execute 'select 1'", downgrade = "op:execute 'select 2'" },
        "downgrade"))
  end)

  it("turns change round for going down, last first", function()
    local body = "op:rename_table('a', 'b')\nop:set_not_null('b', 'x')\n"
      .. "op:execute('select 1', { inverse = 'select 2' })\nop:rename_column('b', 'x', 'y')"

    assert.same({
      "alter table b rename column y to x",
      "select 2",
      "alter table b alter column x drop not null",
      "alter table b rename to a",
    }, sql_of({ change = body }, "downgrade"))
  end)

  it("keeps the schema when it takes a rename back", function()
    assert.same({ "alter table app.b rename to a" },
      sql_of({ change = "op:rename_table('app.a', 'b')" }, "downgrade"))
  end)

  local IRREVERSIBLE = {
    drop_table = "op:drop_table('t', { data_loss = 'accepted' })",
    drop_column = "op:drop_column('t', 'c', { data_loss = 'accepted' })",
    drop_index = "op:drop_index 'ix'",
    drop_constraint = "op:drop_constraint('t', 'c')",
    execute = "op:execute 'select 1'",
  }
  for name, body in pairs(IRREVERSIBLE) do
    it(("refuses to take %s back, by name and line"):format(name), function()
      local err = refusal({ change = body }, "downgrade")

      assert.equal("migration", err.kind)
      assert.equal("irreversible", err.reason)
      assert.is_truthy(err.message:find(FILE .. ":2: " .. name, 1, true), err.message)
    end)
  end

  it("refuses to go down without a downgrade", function()
    local err = refusal({ upgrade = "" }, "downgrade")

    assert.equal("irreversible", err.reason)
    assert.is_truthy(err.message:find(FILE, 1, true))
  end)

  it("refuses an unknown operation at its line, with a suggestion", function()
    local err = refusal { upgrade = "\nop:drop_tabel 'x'" }

    assert.equal("bad_argument", err.kind)
    assert.is_truthy(err.message:find(FILE .. ":3:", 1, true))
    assert.is_truthy(err.message:find("drop_table", 1, true))
  end)

  it("refuses a wrong argument at its line", function()
    local err = refusal { upgrade = "\n\nop:drop_column('notes')" }

    assert.is_truthy(err.message:find(FILE .. ":4:", 1, true))
    assert.equal(4, err.line)
  end)

  it("names the file alone where a tail call hides the line", function()
    local err = refusal { upgrade = "return op:drop_table(7)" }

    assert.is_nil(err.line)
    assert.equal(FILE .. ": op:drop_table", err.message:sub(1, #FILE + 15))
  end)

  it("refuses a dot for a colon", function()
    local err = refusal { upgrade = "op.execute 'select 1'" }

    assert.is_truthy(err.hint:find("op:execute", 1, true))
  end)

  it("refuses to set a field of op", function()
    assert.equal("bad_argument", refusal({ upgrade = "op.x = 1" }).kind)
  end)

  it("names the line of a mistake in the function", function()
    local err = refusal { upgrade = "local t\nlocal x = t.y" }

    assert.equal("bad_config", err.kind)
    assert.is_truthy(err.message:find(FILE .. ":3:", 1, true))
  end)

  it("refuses an operation after the function has ended", function()
    local kept
    local record = revision.in_file(
      revision.new { revision = "a", upgrade = function(op) kept = op end }, FILE)
    plan.new(record, "upgrade")

    local _, err = errors.try(function() kept:execute "select 1" end)

    assert.is_truthy(err.message:find("has ended", 1, true))
  end)

  it("remembers each statement's line", function()
    local made = plan.new(record_of { upgrade = "op:execute 'a'\n\nop:execute 'b'" }, "upgrade")

    assert.equal(2, made.statements[1].operation.line)
    assert.equal(4, made.statements[2].operation.line)
  end)
end)
