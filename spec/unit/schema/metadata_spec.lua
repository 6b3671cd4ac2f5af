-- Objects in an order in which they can be created, whatever order they are declared in.
local c = require "moonpool.column"
local constraint = require "moonpool.schema.constraint"
local domain = require "moonpool.schema.domain"
local enum = require "moonpool.schema.enum"
local errors = require "moonpool.errors"
local extension = require "moonpool.schema.extension"
local fragment = require "moonpool.sql.fragment"
local func = require "moonpool.schema.func"
local grant = require "moonpool.schema.grant"
local index = require "moonpool.schema.index"
local metadata = require "moonpool.schema.metadata"
local partition = require "moonpool.schema.partition"
local policy = require "moonpool.schema.policy"
local range_type = require "moonpool.schema.range_type"
local schema = require "moonpool.schema.schema"
local schema_table = require "moonpool.schema.table"
local sequence = require "moonpool.schema.sequence"
local trigger = require "moonpool.schema.trigger"
local view = require "moonpool.schema.view"

local function tbl(name, ...)
  return schema_table.new(name, { c.int8("id", { primary_key = true }), ... })
end

-- "create table users (" as "table users".
local function heads(statements)
  local list = {}
  for at, sql in ipairs(statements) do
    list[at] = sql:gsub("^create ", ""):gsub("or replace ", ""):gsub("if not exists ", "")
      :match "^[%w_]+ [%w_.\"]+"
  end
  return list
end

local function created(objects)
  return heads(metadata.new(objects):create_statements())
end

local function refusal(...)
  local _, err = errors.try(metadata.new, ...)
  assert.is_true(errors.is_error(err, "bad_argument"), tostring(err))
  return err.message
end

describe("a metadata", function()
  it("sorts kinds", function()
    local objects = {
      grant.new { "select", on = "t", to = "r" }, policy.new("p", { table = "t", using = "true" }),
      trigger.new("tr", { table = "t", when = "after", events = "insert", execute = "f" }),
      view.new("v", "select id from t"),
      tbl("t", c.enum("m", "mood"), index.new { "m" }), sequence.new "s",
      func.new("f", { returns = "trigger", language = "plpgsql", body = "" }),
      domain.new("d", "text"), enum.new("mood", { "x" }), extension.new "citext",
      schema.new "app",
    }

    assert.same({ "schema app", "extension citext", "type mood", "domain d", "sequence s",
      "function f", "table t", "index ix_t_m", "view v", "trigger tr", "policy p", "grant select" },
      created(objects))
  end)

  it("is the same for every order of declaration", function()
    local function objects()
      return { tbl("a", c.int8("b_id", { references = "b(id)" })), tbl "b",
        view.new("v", "select * from w"), view.new("w", "select * from a") }
    end
    local forward, backward = objects(), objects()
    table.sort(backward, function(x, y) return x.name > y.name end)

    assert.same({ "table b", "table a", "view w", "view v" }, created(forward))
    assert.same(created(forward), created(backward))
  end)

  it("puts tables after those they refer to", function()
    assert.same({ "table c", "table b", "table a" }, created {
      tbl("a", c.int8("b_id", { references = "b" })), tbl("b", c.int8("c_id",
        { references = "c" })), tbl "c" })
  end)

  it("adds the keys of a cycle once both tables are there", function()
    local found = metadata.new {
      tbl("a", c.int8("b_id", { references = "b" })), tbl("b", c.int8("a_id",
        { references = "a" })), tbl("d", c.int8("a_id", { references = "a" })) }

    assert.same({ "table a", "table b", "table d", "alter table", "alter table" },
      heads(found:create_statements()))
    assert.matches("add constraint fk_a_b_id_b foreign key", found:create_statements()[4])
    assert.matches("constraint fk_d_a_id_a foreign key", found:create_statements()[3])
    assert.same({ "alter table if exists b drop constraint if exists fk_b_a_id_a",
      "alter table if exists a drop constraint if exists fk_a_b_id_b", "drop table if exists d",
      "drop table if exists b", "drop table if exists a" }, found:drop_statements())
  end)

  it("keeps a table's own reference in it", function()
    assert.same({ "table a" }, created { tbl("a", c.int8("up", { references = "a" })) })
  end)

  it("adds a key that relies on a unique index after the index", function()
    assert.same({ "table a", "table b", "unique index", "alter table" }, created {
      tbl("a", c.text("code", { references = "b(code)" })),
      tbl("b", c.text "code", index.new { "code", unique = true }) })
  end)

  it("finds functions that defaults call, and tables that functions read", function()
    local call = tbl("a", c.int8("n", { default = fragment "next_number()" }))

    assert.same({ "table numbers", "function next_number", "table a" }, created { call,
      func.new("next_number", { returns = "int8", body = "select max(id) from numbers" }),
      tbl "numbers" })
    assert.same({ "function next_number", "table a" }, created { call,
      func.new("next_number", { returns = "int8", body = "select max(id) from a" }) })
  end)

  it("puts partitions after what they divide", function()
    local parent = schema_table.new("p", { c.int4 "a" }, { partition = { by = "range", "a" } })

    assert.same({ "table p", "table half", "table quarter" }, created {
      partition.new("quarter", { of = "half", from = 1, to = 2 }),
      partition.new("half", { of = "p", default = true, partition = { by = "range", "a" } }),
      parent })
  end)

  it("follows depends_on, and refuses a circle of it", function()
    local a = view.new("a", "select 1", { depends_on = { "b" } })

    assert.same({ "view b", "view a" }, created { a, view.new("b", "select 2") })
    assert.matches('the view "a" and the view "b" need each other',
      refusal { a, view.new("b", "select 2", { depends_on = { "a" } }) })
  end)

  it("puts what is of several ranges after the type of one", function()
    assert.same({ "type mood", "type span", "table t", "table u" }, created {
      tbl("t", c.column("x", "spans")), tbl("u", c.range("x", "span")),
      range_type.new("span", { subtype = "mood", multirange = "spans" }),
      enum.new("mood", { "a" }) })
    assert.same({ "type moodrange", "table t" }, created {
      tbl("t", c.column("x", "moodmultirange")),
      range_type.new("moodrange", { subtype = "int4" }) })
  end)

  it("tells schemas apart", function()
    assert.same({ "type x.mood", "type y.mood", "domain d" },
      created { enum.new("x.mood", { "a" }), domain.new("d", "y.mood"),
        enum.new("y.mood", { "a" }) })
  end)

  it("refuses references to columns that are not there, or not unique", function()
    local b = tbl("b", c.int8 "number")

    assert.matches('foreign key "fk_a_n_b" of "a": "b" has no column "nunber" %(did you mean "num',
      refusal { b, tbl("a", c.int8("n", { references = "b(nunber)" })) })
    assert.matches('no unique key of "b" is on %(number%)',
      refusal { b, tbl("a", c.int8("n", { references = "b(number)" })) })
    assert.matches('sequence "s": "b" has no column "x"',
      refusal { b, sequence.new("s", { owned_by = "b.x" }) })
    assert.matches('trigger "tr": "b" has no column "x"', refusal { b, trigger.new("tr",
      { table = "b", when = "after", events = "update", columns = { "x" }, execute = "f" }) })
    assert.matches('grant "on b": "b" has no column "x"', refusal { b,
      grant.new { "select", on = "b", to = "r", columns = { "x" } } })
  end)

  it("refuses two objects of one name", function()
    assert.matches('the table "t" and the view "t" have the same name',
      refusal { tbl "t", view.new("t", "select 1") })
    assert.matches('the table "a_b" and the table "a" have the same name', refusal {
      tbl("a_b", constraint.unique { "id", name = "uq" }), tbl("a", index.new { "id", name = "uq" })
    })
    assert.matches("same name", refusal { enum.new("m", { "x" }), domain.new("m", "text") })
    assert.matches('the domain "r_multirange" and the range type "r" have the same name',
      refusal { domain.new("r_multirange", "text"), range_type.new("r", { subtype = "int4" }) })
  end)

  it("lets functions differ by their arguments, triggers by their tables", function()
    local function tr(name)
      return trigger.new("tr", { table = name, when = "after", events = "insert", execute = "f" })
    end

    assert.equal(6, #created {
      func.new("f", { args = "a int4", returns = "int4", body = "select 1" }),
      func.new("f", { args = "a text", returns = "int4", body = "select 1" }),
      tbl "x", tbl "y", tr "x", tr "y" })
  end)

  it("takes models and lists, and refuses what is neither", function()
    local mood = enum.new("mood", { "x" })

    assert.equal(3, #created { { mood, { tbl "t" } }, { table = tbl "u" } })
    assert.matches("a string is no schema object", refusal { "users" })
  end)

  it("finds objects by kind and name", function()
    local mood = enum.new("app.mood", { "x" })
    local own = metadata.new { mood }
    local _, err = errors.try(own.get, own, "enum", "modo")

    assert.equal(mood, own:find("enum", "app.mood"))
    assert.is_nil(own:find("enum", "mood"))
    assert.matches('there is no enum "modo" %(did you mean "mood"', err.message)
  end)

  it("holds what triggers, policies and grants stand in a table", function()
    assert.same({ "table t", "alter table", "policy p", "grant select" }, created {
      tbl("t", policy.new("p", { using = "true" }), grant.new { "select", to = "r" }) })
  end)

  it("sorts a thousand tables in a row without effort", function()
    local objects = {}
    for at = 1, 1000 do
      objects[at] = tbl("t" .. at, at < 1000 and c.int8("up", { references = "t" .. at + 1 })
        or c.int8 "up")
    end

    local found = created(objects)

    assert.equal("table t1000", found[1])
    assert.equal("table t1", found[1000])
  end)

  it("declares the enum types that columns bring", function()
    local function model(labels) return tbl("t", c.enum("m", labels, { type = "app.mood" })) end

    assert.same({ "schema app", "type app.mood", "table t" },
      created { model { "x" }, schema.new "app" })
    assert.same({ "type app.mood", "table t" },
      created { model { "x" }, enum.new("app.mood", { "x" }) })
    assert.matches('the enum "app.mood" of column "m" is declared with other labels',
      refusal { model { "x" }, enum.new("app.mood", { "x", "y" }) })
    assert.same({ "table t" }, created { tbl("t", c.enum("m", "mood")) })
  end)

  it("knows what an enum's labels were called", function()
    local declared = c.enum("m", { "a", { "b", renamed_from = "c" } })

    assert.same({ "a", "b" }, declared.labels)
    assert.same({ b = "c" }, declared.declares.renamed)
  end)
end)
