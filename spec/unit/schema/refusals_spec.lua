-- Declarations that cannot be: refused when they are made, with what to write instead.
local c = require "moonpool.column"
local constraint = require "moonpool.schema.constraint"
local errors = require "moonpool.errors"
local fragment = require "moonpool.sql.fragment"
local index = require "moonpool.schema.index"
local null = require "moonpool.null"
local schema_table = require "moonpool.schema.table"

local make = {}
for kind in ([[composite domain enum extension func grant materialized_view partition policy
  range_type schema sequence trigger view]]):gmatch "%S+" do
  make[kind] = require("moonpool.schema." .. kind).new
end

local LONG = ("n"):rep(64)

local function own(...)
  return schema_table.new("own", { c.int4 "a", c.text("b", { null = true }), ... })
end

local function with(options)
  return schema_table.new("own", { c.int4 "a", c.int4 "b" }, options)
end

-- What is said, and what was declared.
local CASES = {
  { 'column: the name "n+%.%.%." has 64 bytes', c.text, LONG },
  { "column: the name .* has a NUL byte", c.text, "a\0b" },
  { 'unknown option "uniqe" %(did you mean "unique"', c.text, "x", { uniqe = true } },
  { "a primary key cannot be null", c.int8, "x", { primary_key = true, null = true } },
  { "exclude each other", c.int8, "x", { identity = true, generated = "1" } },
  { "exclude each other", c.int8, "x", { default = 1, generated = "1" } },
  { "identity column cannot be null", c.int8, "x", { identity = true, null = true } },
  { "identity column cannot be text", c.text, "x", { identity = true } },
  { "identity cannot be sometimes", c.int8, "x", { identity = "sometimes" } },
  { 'unknown option "begin"', c.int8, "x", { identity = { begin = 1 } } },
  { "generate makes its values", c.int8, "x", { identity = true, generate = "v4" } },
  { "virtual is said", c.int8, "x", { virtual = true } },
  { "its default cannot be stored", c.int4, "x", { default = "a" } },
  { "NULL is not allowed", c.int4, "x", { default = null } },
  { "none of its labels", c.enum, "x", { "a", "b" }, { default = "c" } },
  { 'option "storage" must be one of', c.text, "x", { storage = "fast" } },
  { "has bound parameters", c.text, "x", { default = fragment("?", 1) }, into = "table" },
  { "collation: the name", c.text, "x", { collation = LONG } },
  { 'references "a b" is not a table', c.text, "x", { references = "a b" } },
  { 'option "table" is missing', c.text, "x", { references = { column = "id" } } },
  { 'option "on_delete" must be one of', c.text, "x",
    { references = { table = "t", on_delete = "forget" } } },

  { "mp.unique: it names no column", constraint.unique, {} },
  { "mp.primary_key: it names no column", constraint.primary_key, {} },
  { 'unknown option "nulls_not_distint" %(did you mean', constraint.unique,
    { "a", nulls_not_distint = true } },
  { "deferrable cannot be later", constraint.unique, { "a", deferrable = "later" } },
  { "2 columns refer to 1", constraint.foreign_key, { "a", "b", table = "t" } },
  { "said of no set null", constraint.foreign_key,
    { "a", table = "t", on_delete = "cascade", on_delete_columns = { "a" } } },
  { '"z" is no column of the key', constraint.foreign_key,
    { "a", table = "t", on_delete = "set null", on_delete_columns = { "z" } } },
  { "the name .* has 64 bytes", constraint.check, "a > 0", { name = LONG } },
  { "mp.check must be SQL text", constraint.check, 1 },
  { "it has no element", constraint.exclude, {} },
  { 'option "with" is missing', constraint.exclude, { "a" } },
  { "mp.index names no column", index.new, {} },
  { 'no method "btre" %(did you mean "btree"', index.new, { "a", using = "btre" } },
  { "nulls_not_distinct is said", index.new, { "a", nulls_not_distinct = true } },
  { "an element is one column", index.new, { { "a", "b" } } },
  { 'option "order" must be one of', index.new, { { "a", order = "up" } } },
  { 'unknown option "ordre"', index.new, { { "a", ordre = "asc" } } },

  { '"a" stands twice', own, c.int4 "a" },
  { "there are two primary keys", own, constraint.primary_key { "a" },
    c.int4("x", { primary_key = true }) },
  { '"b" is of the primary key, and may be null', own, constraint.primary_key { "b" } },
  { 'no column "z"', own, constraint.unique { "z" } },
  { '"a" stands twice in "uq_own_a_a"', own, constraint.unique { "a", "a" } },
  { 'no column "z"', own, index.new { "a", include = { "z" } } },
  { 'no column "z"', own, constraint.exclude { { "z", with = "=" } } },
  { '"ck" is the name of two', own, constraint.check("a > 0", { name = "ck" }),
    constraint.check("a > 1", { name = "ck" }) },
  { "item 3 is no column", own, make.enum("m", { "x" }) },
  { "row_security is none", with, { row_security = "always" } },
  { "neither unlogged nor inherits", with, { unlogged = true,
    partition = { by = "range", "a" } } },
  { 'option "by" is missing', with, { partition = { "a" } } },
  { "it names no column", with, { partition = { by = "hash" } } },
  { "a list is of one column", with, { partition = { by = "list", "a", "b" } } },
  { 'no column "z"', with, { partition = { by = "range", "z" } } },

  { "it has no labels", make.enum, "m", {} },
  { 'the label "x" stands twice', make.enum, "m", { "x", "x" } },
  { "a label is no string", make.enum, "m", { 1 } },
  { "1 to 63 bytes", make.enum, "m", { LONG } },
  { "the name .* has 64 bytes", make.enum, LONG, { "x" } },
  { 'its schema is "a" and "b"', make.enum, "a.m", { "x" }, { schema = "b" } },
  { 'unknown option "colour"', make.enum, "m", { "x" }, { colour = 1 } },
  { "it has no name", make.enum, nil, { "x" } },
  { "its type is missing", make.domain, "d" },
  { "it has no fields", make.composite, "p", {} },
  { "a field is no column", make.composite, "p", { "x" } },
  { 'its field "x" has default', make.composite, "p", { c.int4("x", { default = 1 }) } },
  { 'the field "x" stands twice', make.composite, "p", { c.int4 "x", c.int4 "x" } },
  { 'option "subtype" is missing', make.range_type, "r" },
  { 'option "subtype" is missing', make.range_type, "r", { multirange = "rs" } },
  { "its subtype is no type", make.range_type, "r", { subtype = "" } },
  { "its multirange has its own name", make.range_type, "r", { subtype = "int4",
    multirange = "r" } },
  { "its increment is 0", make.sequence, "s", { increment = 0 } },
  { "its min is not below", make.sequence, "s", { min = 2, max = 1 } },
  { "owned_by is no table and column", make.sequence, "s", { owned_by = "number" } },
  { "a schema is in no schema", make.schema, "a.b" },
  { "begin with pg_", make.schema, "pg_own" },
  { "its query is missing", make.view, "v", "" },
  { "must name its columns", make.view, "v", "select 1", { recursive = true } },
  { "is no index", make.materialized_view, "v", "select 1", { indexes = { 1 } } },
  { 'option "body" is missing', make.func, "f", { returns = "int4" } },
  { "it returns nothing", make.func, "f", { body = "select 1" } },
  { "a procedure has no returns", make.func, "f",
    { body = "", procedure = true, returns = "int4" } },
  { 'option "when" is missing', make.trigger, "t", { events = "insert", execute = "f" } },
  { "read is no event", make.trigger, "t", { when = "after", events = "read", execute = "f" } },
  { "truncate has no rows", make.trigger, "t",
    { when = "after", events = "truncate", execute = "f" } },
  { "a constraint trigger is after", make.trigger, "t",
    { when = "before", events = "insert", execute = "f", constraint = true } },
  { "not for updates", make.trigger, "t",
    { when = "after", events = "insert", columns = { "a" }, execute = "f" } },
  { "an insert has no rows", make.policy, "p", { command = "insert", using = "true" } },
  { "a select writes no rows", make.policy, "p", { command = "select", check = "true" } },
  { "it grants nothing", make.grant, { on = "t", to = "r" } },
  { 'no privilege slect on a table %(did you mean "select"', make.grant,
    { "slect", on = "t", to = "r" } },
  { "columns are said", make.grant,
    { "usage", on = "s", kind = "sequence", to = "r", columns = { "a" } } },
  { "what is revoked has no grant option", make.grant,
    { "usage", on = "m", kind = "type", to = "r", revoke = true, with_grant_option = true } },
  { "it has no bounds", make.partition, "p", { of = "t" } },
  { "its bounds exclude each other", make.partition, "p",
    { of = "t", default = true, values = { 1 } } },
  { "not below its modulus", make.partition, "p", { of = "t", modulus = 2, remainder = 2 } },
  { "its item 1 is no column", make.partition, "p", { of = "t", default = true, "a" } },
  { 'its column "a" has unique', make.partition, "p",
    { of = "t", default = true, c.int4("a", { unique = true }) } },
}

describe("declarations", function()
  for at, case in ipairs(CASES) do
    it(("are refused (%d): %s"):format(at, case[1]), function()
      local _, err = errors.try(function()
        local made = case[2](table.unpack(case, 3, 6))
        if case.into then require("moonpool.schema.ddl").column(made) end
      end)

      assert.is_true(errors.is_error(err, "bad_argument"), tostring(err))
      assert.matches(case[1], err.message)
      assert.is_true(#err.hint > 0)
    end)
  end

  it("refuse a unique key without a partition's key", function()
    local _, err = errors.try(schema_table.new, "t", { c.int4 "a", c.int4("id",
      { primary_key = true }) }, { partition = { by = "range", "a" } })

    assert.matches('"pk_t" does not have all of the partition key', err.message)
  end)

  it("keep renamed_from as data", function()
    assert.equal("old", c.text("x", { renamed_from = "old" }).renamed_from)
    assert.equal("old", with({ renamed_from = "old" }).renamed_from)
    assert.same({ new = "old" }, make.enum("m", { { "new", renamed_from = "old" } }).renamed)
    assert.equal("old", index.new({ "a", renamed_from = "old" }).renamed_from)
  end)

  it("do not change what they are given", function()
    local given, labels = { "a", where = fragment "a > 0", with = { fillfactor = 70 } }, { "x" }

    own(index.new(given))
    make.enum("m", labels)

    assert.same({ "where", "with" }, { next(given, 1) and "where", given.with and "with" })
    assert.same({ "x" }, labels)
  end)
end)
