-- Declared objects as the statements that make and remove them.
local c = require "moonpool.column"
local ddl = require "moonpool.schema.ddl"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local fragment = require "moonpool.sql.fragment"
local query_text = require "moonpool.schema.query_text"
local schema_table = require "moonpool.schema.table"

local make = {}
for kind in ([[composite domain enum extension func grant materialized_view partition policy
  range_type schema sequence trigger view]]):gmatch "%S+" do
  make[kind] = require("moonpool.schema." .. kind).new
end

-- The object, how it is made (statements between " ; "), how it is removed.
local CASES = {
  { make.schema("app", { comment = "it's" }),
    "create schema if not exists app ; comment on schema app is 'it''s'", "drop schema app" },
  { make.extension("uuid-ossp", { schema = "app", cascade = true }),
    'create extension if not exists "uuid-ossp" schema app cascade', 'drop extension "uuid-ossp"' },
  { make.enum("app.Mood", { "low", "it's" }), [[create type app."Mood" as enum ('low', 'it''s')]],
    'drop type app."Mood"' },
  { make.domain("d", "text", { null = false, default = "x", check = "value <> ''" }),
    "create domain d as text default 'x' not null constraint ck_d_4f305a7e check (value <> '')",
    "drop domain d" },
  { make.composite("p", { c.text("a", { comment = "x" }), c.int4 "b" }),
    "create type p as (a text, b int4) ; comment on column p.a is 'x'", "drop type p" },
  { make.range_type("app.span", { subtype = "float8", subtype_diff = "float8mi", collation = "C",
    operator_class = "app.ops", multirange = "spans", comment = "x" }),
    "create type app.span as range (subtype = float8, subtype_opclass = app.ops, collation = "
    .. '"C", subtype_diff = float8mi, multirange_type_name = app.spans) ; '
    .. "comment on type app.span is 'x'", "drop type app.span" },
  { make.sequence("s", { start = 5, cycle = true, type = "int4" }),
    "create sequence s as int4 start with 5 cycle", "drop sequence s" },
  { make.view("v", "select 1 as x;", { columns = { "x" }, check_option = "local" }),
    "create view v (x) as\nselect 1 as x\nwith local check option", "drop view v" },
  { make.materialized_view("v", "select 1 as x", { with_data = false }),
    "create materialized view v as\nselect 1 as x\nwith no data", "drop materialized view v" },
  { make.func("f", { args = "a int4 default 1", returns = "int4", body = "select $$x$$",
    set = { search_path = 'app, "My Schema"' } }),
    "create function f(a int4 default 1)\nreturns int4\nlanguage sql\nset search_path to "
    .. "'app', 'My Schema'\nas $q$select $$x$$$q$", "drop function f(a int4)" },
  { make.func("p", { procedure = true, body = "", comment = "x" }),
    "create procedure p()\nlanguage sql\nas $$$$ ; comment on procedure p() is 'x'",
    "drop procedure p()" },
  { make.trigger("tr", { table = "t", schema = "app", when = "before", events = "insert",
    execute = "app.f", enabled = false }),
    "create trigger tr before insert on app.t\nfor each row\nexecute function app.f() ; "
    .. "alter table app.t disable trigger tr", "drop trigger tr on app.t" },
  { make.policy("p", { table = "t", using = "true", to = { "public", "My Role" } }),
    'create policy p on t as permissive for all to public, "My Role"\nusing (true)',
    "drop policy p on t" },
  { make.grant { "select", "update", on = "app.t", columns = { "a", "b" }, to = "r" },
    "grant select (a, b), update (a, b) on table app.t to r",
    "revoke select (a, b), update (a, b) on table app.t from r" },
  { make.grant { "all", on = "app", kind = "all tables", to = "r" },
    "grant all on all tables in schema app to r", "revoke all on all tables in schema app from r" },
  { make.partition("p", { of = "app.t", from = 1, to = expression.raw "maxvalue" }),
    "create table p partition of app.t for values from (1) to (maxvalue)", "drop table p" },
}

describe("the DDL", function()
  for _, case in ipairs(CASES) do
    it("of " .. case[1].kind .. " makes: " .. case[2]:match "^[^\n]*", function()
      assert.equal(case[2], table.concat(ddl.create(case[1]), " ; "))
      assert.equal(case[3], table.concat(ddl.drop(case[1]), " ; "))
    end)
  end

  it("of what is removed may be careful, or take others along", function()
    assert.same({ "drop type if exists m cascade" }, ddl.drop(make.enum("m", { "x" }),
      { if_exists = true, cascade = true }))
  end)

  it("of a table has what stands in it", function()
    local of = schema_table.new("t", { c.int4 "a", make.policy("p", { using = "a > 0" }),
      make.grant { "select", to = "r" } }, { unlogged = true, with = { fillfactor = 70 } })

    assert.same({ "create unlogged table t (\n  a int4 not null\n) with (fillfactor = 70)",
      "alter table t enable row level security",
      "create policy p on t as permissive for all to public\nusing (a > 0)",
      "grant select on table t to r" }, ddl.create_table(of))
  end)

  it("refuses what is no object, and a trigger of no table", function()
    local trigger = make.trigger("tr", { when = "after", events = "insert", execute = "f" })

    for _, value in ipairs { {}, 1, "users", trigger } do
      local _, err = errors.try(ddl.create, value)
      assert.is_true(errors.is_error(err, "bad_argument"))
    end
  end)
end)

describe("a query in DDL", function()
  local function inlined(...)
    return query_text(require "moonpool.sql.select" { fragment(...):as "x" }, "v")
  end

  it("has its values written into it", function()
    assert.equal("select f(1, 'it''s', true) as x", inlined("f(?, ?, ?)", 1, "it's", true))
    assert.equal([[select a = any('{"1"}') as x]], (inlined("a = any(?)", { "1" })))
  end)

  it("has objects written as JSON, and lists as arrays", function()
    assert.equal([[select s @> '{"theme": "dark"}' as x]], inlined("s @> ?", { theme = "dark" }))
    assert.equal([[select s @> '[5:6]={"1","2"}' as x]],
      inlined("s @> ?", { 1, 2, lower = 5 }))
    assert.equal([[select s @> '[{"a": 1}]' as x]], inlined("s @> ?", { { a = 1 } }))
    assert.equal([[select s @> '{{"1","2"},{"3",NULL}}' as x]],
      inlined("s @> ?", { { 1, 2 }, { 3, require "moonpool.null" } }))
  end)

  it("leaves what only looks like a placeholder", function()
    assert.equal([[select '$1' || "$1" || $a$ $1 $a$ || 2 as x]],
      inlined([['$1' || "$1" || $a$ $1 $a$ || ?]], 2))
  end)

  it("is a text without its semicolon", function()
    assert.equal("select 1", query_text("select 1 ;\n", "v"))
  end)
end)
