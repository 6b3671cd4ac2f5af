-- reflect_round_trip_spec.lua - what is read of a live schema makes the same schema again.
local metadata = require "moonpool.schema.metadata"
local mp = require "moonpool"
local random_schema = require "spec.support.random_schema"
local round_trip = require "spec.support.schema_round_trip"
local seed = require "spec.support.seed"
local zoo = require "spec.support.schema_zoo"

local create, dump, open = round_trip.create, round_trip.dump, round_trip.open

local function assert_same(a, b)
  assert.same({}, round_trip.lines_only_in(a, b))
  assert.same({}, round_trip.lines_only_in(b, a))
  assert.equal(a, b)
end

describe("mp.reflect of every kind of object", function()
  local db
  setup(function()
    db = open "trip_one"
    db:script "create schema trip_one; create schema trip_two; create schema trip_three"
    round_trip.add_extensions(db)
    create(db, metadata.new(zoo):create_statements())
  end)
  teardown(function()
    db:script [[set client_min_messages = warning;
      drop schema trip_one, trip_two, trip_three cascade]]
    db:close()
  end)

  it("reads what makes the same schema again", function()
    local other <close> = open "trip_two"

    create(other, mp.reflect(db):metadata():create_statements())

    local text = dump "trip_one"
    assert.is_true(select(2, text:gsub("\n", "")) > 100)
    assert_same(text, dump "trip_two")
  end)

  it("writes whole names when asked, which are right under every search path", function()
    local whole = mp.reflect(db, { schema = "trip_one", qualified = true })
    local statements = whole:metadata():create_statements()
    for at, sql in ipairs(statements) do
      statements[at] = sql:gsub("trip_one", "trip_three")
    end

    -- Bodies of functions are texts, which no one rewrites.
    local other <close> = open "trip_three"
    create(other, statements)

    assert_same(dump "trip_one", dump "trip_three")
  end)
end)

describe("a metadata of every kind of object", function()
  it("takes back all that it makes", function()
    local control <close> = mp.engine(nil, { pool = { max = 1 } })
    control:script "create schema trip_gone"
    round_trip.add_extensions(control)
    local db <close> = open "trip_gone"
    local declared = metadata.new(zoo)
    create(db, declared:create_statements())

    create(db, declared:drop_statements())

    local left = {}
    for _, of in ipairs(mp.reflect(db).objects) do
      if of.kind ~= "extension" then left[#left + 1] = of.kind .. " " .. of.name end
    end
    assert.same({}, left)
    control:script "drop schema trip_gone"
  end)
end)

-- Names with everything in them that SQL or we ourselves give a meaning to.
local function odd_objects()
  local c = require "moonpool.column"
  local table_of = require "spec.support.schema_cases.table_of"
  local long = ("é"):rep(31)
  return {
    mp.enum('"mood.x"', { "a.b", 'c"d', "e,f", "'" }),
    mp.composite('"p(air)"', { c.int4 "a b", c.text "Ünï" }),
    table_of { 't.we"ird', c.int4("a b", { primary_key = true }), c.column("m", '"mood.x"'),
      c.column("list", '"mood.x"[]', { default = mp.sql "array['a.b']::\"mood.x\"[]" }),
      c.text(long, { unique = true, check = '"' .. long .. [[" <> ' COLLATE "C" ( ]' ]] }),
      c.text("select", { index = true }), comment = "$$ \\ '" },
    table_of { "u,v", c.int4("x.y", { references = { table = 't.we"ird', column = "a b" } }),
      mp.index { mp.sql [[lower("x.y"::text || ' DESC, (')]] , name = "ix (odd) DESC" },
      mp.exclude { { mp.sql 'int4range("x.y", "x.y" + 1)', with = "&&" }, name = "ex WITH" } },
    table_of { "heir", inherits = { '"u,v"' }, c.int4 "z" },
    mp.sequence('"s.q"', { owned_by = '"u,v"."x.y"' }),
    mp.func('"f(n"', { returns = "trigger", language = "plpgsql", body = "begin return new; end",
      args = "" }),
    mp.trigger("tr WHEN (", { table = "u,v", when = "before", events = "update",
      columns = { "x.y" }, execute = '"f(n"', condition = [[new."x.y" > 0 and ' WHEN (' <> ')']] }),
    mp.view('"v.w"', [[select "a b" as "x;y" from "t.we""ird" where "select" <> ';']]),
    table_of { "p.t", partition = { by = "list", "k k" }, c.text "k k" },
    mp.partition('"p.t.1"', { of = '"p.t"', values = { "a, b", "TO (" } }),
    mp.policy("po licy", { table = "u,v", using = [["x.y" > 1 or ' ( ' = ')']] }),
    mp.grant { "select", on = '"v.w"', to = "pg_monitor" },
    mp.grant { "update", on = '"u,v"', columns = { "x.y" }, to = "pg_monitor" },
  }
end

describe("mp.reflect of odd names", function()
  it("makes the same schema again, in one whose name is odd too", function()
    local control <close> = mp.engine(nil, { pool = { max = 1 } })
    control:script [[create schema "trip.od""d"; create schema trip_even]]
    local odd <close> = mp.engine(nil, { pool = { max = 1 },
      settings = { search_path = [["trip.od""d", public]] } })
    local even <close> = open "trip_even"
    create(even, metadata.new(odd_objects()):create_statements())

    create(odd, mp.reflect(even):metadata():create_statements())
    local again = mp.reflect(odd, { qualified = true }):metadata():create_statements()
    for at, sql in ipairs(again) do again[at] = sql:gsub('"trip%.od""d"', "trip_three") end
    control:script "create schema trip_three"
    create(control, again)

    assert_same(dump "trip_even", dump "trip_three")
    control:script [[set client_min_messages = warning;
      drop schema trip_even, trip_three, "trip.od""d" cascade]]
  end)
end)

describe("mp.reflect of random tables", function()
  it("makes the same again", function()
    seed.set "mp.reflect of random tables"
    local control <close> = mp.engine(nil, { pool = { max = 1 } })
    for _ = 1, 5 do
      control:script "create schema trip_five; create schema trip_six"
      local five <close> = open "trip_five"
      local six <close> = open "trip_six"
      create(five, metadata.new(random_schema.tables(8)):create_statements())

      create(six, mp.reflect(five):metadata():create_statements())

      assert_same(dump "trip_five", dump "trip_six")
      control:script [[set client_min_messages = warning; drop schema trip_five, trip_six cascade]]
    end
  end)
end)
