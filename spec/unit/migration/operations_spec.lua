-- The operations that make things: their SQL, their inverses, what they refuse.
local c = require "moonpool.column"
local constraint = require "moonpool.schema.constraint"
local errors = require "moonpool.errors"
local fragment = require "moonpool.sql.fragment"
local index = require "moonpool.schema.index"
local operations = require "moonpool.migration.operations"
local plan = require "moonpool.migration.plan"
local revision = require "moonpool.migration.revision"

local FILE = "m/versions/1_a.lua"

local function sql_of(fn, direction)
  local record = revision.in_file(revision.new { revision = "a", change = fn }, FILE)
  local list = {}
  for number, statement in ipairs(plan.new(record, direction or "upgrade").statements) do
    list[number] = statement.sql
  end
  return list
end

local function refusal(fn)
  local _, err = errors.try(sql_of, fn)
  return err
end

local function create_orders(op)
  op:create_table("app.orders", {
    c.int8("id", { primary_key = true, identity = true }),
    c.text("note", { null = true, comment = "the customer's" }),
    c.text("state", { default = "new", check = "state <> ''" }),
    constraint.unique { "note", "state" },
    constraint.check "note <> ''",
    index.new { "state" },
  }, { comment = "what was ordered" })
end

describe("moonpool.migration.operations", function()
  it("gives every definition what the others rely on", function()
    for _, name in ipairs(operations.names()) do
      local definition = operations.get(name)

      assert.equal(name, definition.name)
      assert.equal("function", type(definition.render))
      assert.equal("function", type(definition.inverse))
      assert.equal("table", type(definition.arguments))
    end
  end)

  it("creates a table with constraints, indexes and comments", function()
    local statements = sql_of(create_orders)

    assert.equal(4, #statements)
    assert.is_truthy(statements[1]:find("create table app.orders (", 1, true))
    assert.is_truthy(statements[1]:find("constraint pk_orders primary key (id)", 1, true))
    assert.is_truthy(statements[1]:find("constraint uq_orders_note_state", 1, true))
    assert.equal("create index ix_orders_state on app.orders (state)", statements[2])
    assert.equal("comment on table app.orders is 'what was ordered'", statements[3])
  end)

  it("drops the table it created", function()
    assert.same({ "drop table app.orders" }, sql_of(create_orders, "downgrade"))
  end)

  it("adds a column that allows NULL", function()
    assert.same({ "alter table orders add column note text" },
      sql_of(function(op) op:add_column("orders", c.text("note", { null = true })) end))
  end)

  it("adds a column with its constraint and index", function()
    local statements = sql_of(function(op)
      op:add_column("app.orders", c.int8("user_id", { references = "users(id)", index = true }))
    end)

    assert.is_truthy(
      statements[1]:find("add constraint fk_orders_user_id_users foreign key", 1, true))
    assert.equal("create index ix_orders_user_id on app.orders (user_id)", statements[2])
  end)

  it("drops the column it added", function()
    assert.same({ "alter table orders drop column note" },
      sql_of(function(op) op:add_column("orders", c.text "note") end, "downgrade"))
  end)

  it("creates an index by the naming convention", function()
    assert.same({ "create index ix_orders_state_created_at on orders (state, created_at)" },
      sql_of(function(op) op:create_index("orders", { "state", "created_at" }) end))
  end)

  it("creates a partial unique index on an expression", function()
    local statements = sql_of(function(op)
      op:create_index("users", { fragment "lower(email)" }, {
        unique = true, where = "deleted_at is null", name = "uq_users_email", using = "btree",
      })
    end)

    assert.same({
      "create unique index uq_users_email on users using btree ((lower(email)))"
        .. " where deleted_at is null",
    }, statements)
  end)

  it("drops the index it created, in the table's schema", function()
    assert.same({ "drop index app.ix_orders_state" },
      sql_of(function(op) op:create_index("app.orders", "state") end, "downgrade"))
  end)

  it("creates a foreign key to the target's id", function()
    local statements = sql_of(function(op)
      op:create_foreign_key("orders", "user_id", "app.users", { on_delete = "cascade" })
    end)

    assert.same({
      "alter table orders add constraint fk_orders_user_id_users foreign key (user_id)"
        .. " references app.users (id) on delete cascade",
    }, statements)
  end)

  it("creates a foreign key of two columns", function()
    local statements = sql_of(function(op)
      op:create_foreign_key("a", { "x", "y" }, "b", { "p", "q" })
    end)

    assert.is_truthy(statements[1]:find("foreign key (x, y) references b (p, q)", 1, true))
  end)

  it("creates a unique constraint", function()
    assert.same({ "alter table users add constraint uq_users_email unique (email)" },
      sql_of(function(op) op:create_unique("users", "email") end))
  end)

  it("creates a check under its own name", function()
    assert.same({ "alter table users add constraint ck_users_age check (age > 0)" },
      sql_of(function(op) op:create_check("users", "age > 0", { name = "ck_users_age" }) end))
  end)

  it("creates a primary key", function()
    assert.same({ "alter table users add constraint pk_users primary key (id)" },
      sql_of(function(op) op:create_primary_key("users", "id") end))
  end)

  it("drops each constraint it created, by name", function()
    assert.same({
      "alter table users drop constraint pk_users",
      "alter table users drop constraint fk_users_team_id_teams",
      "alter table users drop constraint uq_users_email",
    }, sql_of(function(op)
      op:create_unique("users", "email")
      op:create_foreign_key("users", "team_id", "teams")
      op:create_primary_key("users", "id")
    end, "downgrade"))
  end)

  it("asks for no word to drop what the same migration created", function()
    local hazards = require "moonpool.migration.hazards"
    local record = revision.in_file(revision.new {
      revision = "a",
      upgrade = function(op)
        create_orders(op)
        op:rename_column("app.orders", "note", "text")
        op:drop_column("app.orders", "state")
      end,
    }, FILE)

    assert.same({}, hazards.find { plan.new(record, "upgrade") })
  end)

  local REFUSED = {
    ["a table without a list"] = {
      function(op) op:create_table("t", c.int8 "id") end, "list of columns",
    },
    ["a table with a stranger in its list"] = {
      function(op) op:create_table("t", { c.int8 "id", "name" }) end, "item 2",
    },
    ["a table with a column twice"] = {
      function(op) op:create_table("t", { c.int8 "id", c.text "id" }) end, "twice",
    },
    ["a constraint on no column of the table"] = {
      function(op) op:create_table("t", { c.int8 "id", constraint.unique { "idd" } }) end, "idd",
    },
    ["a column that is none"] = {
      function(op) op:add_column("t", { name = "x" }) end, "not a column",
    },
    ["an index of no columns"] = { function(op) op:create_index("t", {}) end, "columns" },
    ["an index method that is none"] = {
      function(op) op:create_index("t", "a", { using = "tree" }) end, "using",
    },
    ["a foreign key with unequal columns"] = {
      function(op) op:create_foreign_key("t", { "a", "b" }, "u") end, "2 columns refer to 1",
    },
    ["an action that is none"] = {
      function(op) op:create_foreign_key("t", "a", "u", { on_delete = "explode" }) end, "on_delete",
    },
    ["a check of a number"] = { function(op) op:create_check("t", 7) end, "expression" },
  }
  for what, case in pairs(REFUSED) do
    it("refuses " .. what .. " when it is recorded", function()
      local err = refusal(case[1])

      assert.equal("bad_argument", err.kind)
      assert.is_truthy(err.message:find(case[2], 1, true), err.message)
    end)
  end
end)
