-- Tables as data, their names, and their DDL.
local c = require "moonpool.column"
local constraint = require "moonpool.schema.constraint"
local ddl = require "moonpool.schema.ddl"
local errors = require "moonpool.errors"
local fragment = require "moonpool.sql.fragment"
local index = require "moonpool.schema.index"
local naming = require "moonpool.schema.naming"
local schema_table = require "moonpool.schema.table"

local function refusal(fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, "bad_argument"), tostring(err))
  return err.message
end

local function create(...)
  return table.concat(ddl.create_table(schema_table.new("users", { ... })), ";\n")
end

describe("moonpool.column", function()
  local names = [[int2 int4 int8 bool float4 float8 numeric text varchar citext char uuid bytea json
    jsonb date time timetz timestamp timestamptz interval inet cidr macaddr bit varbit money xml
    tsvector hstore ltree]]
  for name in names:gmatch("%S+") do
    it("has the type " .. name, function()
      assert.equal("x " .. name .. " not null", ddl.column(c[name] "x"))
    end)
  end

  it("shapes types by options", function()
    assert.equal("numeric(12, 2)", c.numeric("x", { precision = 12, scale = 2 }).type)
    assert.equal("varchar(40)", c.varchar("x", { length = 40 }).type)
    assert.equal("timestamptz(3)", c.timestamptz("x", { precision = 3 }).type)
  end)

  it("refuses a scale without a precision", function()
    assert.matches("without precision", refusal(c.numeric, "x", { scale = 2 }))
  end)

  it("names types of the database", function()
    assert.equal("app.mood", c.enum("m", "app.mood").type)
    assert.equal("user_role", c.enum("r", { "a" }, { type = "user_role" }).type)
    assert.equal("text[]", c.array("t", "text").type)
    assert.equal("point", c.column("p", "point").type)
  end)

  it("suggests a type's name", function()
    assert.matches('did you mean "text"', refusal(function() return c.txt end))
  end)

  it("suggests an option's name", function()
    assert.matches('did you mean "unique"', refusal(c.text, "x", { uniqe = true }))
  end)

  it("refuses makers that exclude each other", function()
    assert.matches("exclude", refusal(c.int8, "x", { identity = true, default = 1 }))
  end)

  it("refuses a primary key that may be NULL", function()
    assert.matches("primary key", refusal(c.int8, "x", { primary_key = true, null = true }))
  end)

  it("refuses an empty name", function()
    assert.matches("empty", refusal(c.text, ""))
  end)

  local now = fragment "now()"
  local null = require "moonpool.null"
  -- a column, and its default as SQL
  local defaults = {
    { c.int4("x", { default = 3 }), "3" }, { c.text("x", { default = "it's" }), "'it''s'" },
    { c.bool("x", { default = false }), "false" },
    { c.timestamptz("x", { default = now }), "now()" },
    { c.jsonb("x", { default = {} }), "'{}'" }, { c.array("x", "int4", { default = {} }), "'{}'" },
    { c.array("x", "int4", { default = { 1, 2 } }), [['{"1","2"}']] },
    { c.array("x", "int4", { default = { { 1 }, { 2 } } }), [['{{"1"},{"2"}}']] },
    { c.array("x", "text", { default = { "a\"b", null } }), [[E'{"a\\"b",NULL}']] },
    { c.jsonb("x", { default = { b = { 1, "x" }, a = true } }), [['{"a": true, "b": [1, "x"]}']] },
    { c.jsonb("x", { default = "text" }), [['"text"']] }, { c.json("x", { default = 3 }), "'3'" },
    { c.hstore("x", { default = { b = null, a = "1" } }), [['"a"=>"1","b"=>NULL']] },
    { c.bytea("x", { default = "\0\255" }), [['\x00ff']] },
    { c.text("x", { default = null, null = true }), "null" },
    { c.array("x", "int4", { default = { 1, 2, lower = 5 } }), [['[5:6]={"1","2"}']] },
    { c.array("x", "int4", { default = { { 1, 2 }, lower = { 0, -1 } } }),
      [['[0:0][-1:0]={{"1","2"}}']] },
    { c.array("x", "bytea", { default = { "\0" } }), [[E'{"\\\\x00"}']] },
    { c.array("x", "hstore", { default = { { a = "b" } } }), [[E'{"\\"a\\"=>\\"b\\""}']] },
    { c.array("x", "jsonb", { default = { { a = 1 } } }), [[E'{"{\\"a\\": 1}"}']] },
  }
  for at, case in ipairs(defaults) do
    it("writes default " .. at, function()
      assert.equal(("x %s default %s%s"):format(case[1].type, case[2],
        case[1].null and "" or " not null"), ddl.column(case[1]))
    end)
  end

  it("refuses a default that the column cannot store", function()
    assert.matches('its default cannot be stored: an integer is not text',
      refusal(c.text, "x", { default = 3 }))
    assert.matches("is not int4 at path %[2%]",
      refusal(c.array, "x", "int4", { default = { 1, "x" } }))
  end)

  it("writes an empty list as JSON's", function()
    local list = setmetatable({}, { __name = "moonpool.list" })

    assert.equal("x jsonb default '[]' not null", ddl.column(c.jsonb("x", { default = list })))
    assert.equal("x text[] default '{}' not null",
      ddl.column(c.array("x", "text", { default = list })))
  end)

  it("writes identity and generated columns", function()
    assert.equal("id int8 generated by default as identity not null",
      ddl.column(c.int8("id", { identity = true })))
    assert.equal("x text generated always as (a || b) stored",
      ddl.column(c.text("x", { generated = "a || b", null = true })))
  end)
end)

describe("moonpool.schema.table", function()
  it("names what its columns ask for", function()
    local text = create(c.int8("id", { primary_key = true }),
      c.text("email", { unique = true, check = "email ~ '@'", index = true }),
      c.int8("team_id", { references = { table = "teams", on_delete = "cascade" } }))

    assert.matches("constraint pk_users primary key %(id%)", text)
    assert.matches("constraint uq_users_email unique %(email%)", text)
    assert.matches("constraint ck_users_email check %(email ~ '@'%)", text)
    assert.matches("constraint fk_users_team_id_teams foreign key %(team_id%)"
      .. " references teams %(id%) on delete cascade", text)
    assert.matches("create index ix_users_email on users %(email%)", text)
  end)

  it("reads a reference as text", function()
    assert.matches('references app.teams %(code%)',
      create(c.text("t", { references = "app.teams(code)" })))
  end)

  it("takes constraints over several columns", function()
    local text = create(c.int8 "a", c.int8 "b", constraint.primary_key { "a", "b" },
      constraint.unique { "b", "a" }, constraint.check "a < b")

    assert.matches("constraint pk_users primary key %(a, b%)", text)
    assert.matches("constraint uq_users_b_a unique %(b, a%)", text)
    assert.matches("constraint ck_users_%x%x%x%x%x%x%x%x check %(a < b%)", text)
  end)

  it("writes indexes of expressions", function()
    assert.matches("create unique index ix_users_lower_email on users"
      .. " using btree %(%(lower%(email%)%)%) where email <> ''$",
      create(c.text "email",
        index.new { fragment "lower(email)", unique = true, using = "btree",
          where = "email <> ''" }))
  end)

  it("comments columns", function()
    assert.matches("comment on column users.a is 'it''s'$",
      create(c.text("a", { comment = "it's" })))
  end)

  it("refuses a column that stands twice", function()
    assert.matches('"a" stands twice', refusal(create, c.text "a", c.text "a"))
  end)

  it("refuses a constraint on no column of the table", function()
    assert.matches('no column "emial" %(did you mean "email"',
      refusal(create, c.text "email", constraint.unique { "emial" }))
  end)

  it("refuses two parts of the same name", function()
    assert.matches('"ix_users_a" is the name of two', refusal(create, c.text("a", { index = true }),
      index.new { "a", where = "a <> ''" }))
  end)

  it("refuses what is no part of a table", function()
    assert.matches("item 1 is no column", refusal(create, "id"))
  end)

  it("adds a column with its constraints at once", function()
    local statements = ddl.add_column(schema_table.new("t",
      { c.text("a", { unique = true, index = true }) }))

    assert.same({ "alter table t add column a text not null, add constraint uq_t_a unique (a)",
      "create index ix_t_a on t (a)" }, statements)
  end)
end)

describe("moonpool.schema.naming", function()
  it("never exceeds 63 bytes and tells long names apart", function()
    local long = ("column"):rep(12)

    local a, b = naming.index("t", { long, "a" }), naming.index("t", { long, "b" })

    assert.equal(63, #a)
    assert.not_equal(a, b)
    assert.equal(a, naming.index("t", { long, "a" }))
  end)

  it("never cuts a character in two", function()
    assert.is_truthy(utf8.len(naming.index("t", { "x" .. ("é"):rep(40) })))
  end)
end)
