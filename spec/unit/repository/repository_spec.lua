-- moonpool.repository: the statements sent and the instances given back.
local c = require "moonpool.column"
local constraint = require "moonpool.schema.constraint"
local errors = require "moonpool.errors"
local model = require "moonpool.orm.model"
local timestamps = require "moonpool.orm.mixin.timestamps"
local null = require "moonpool.null"
local operator = require "moonpool.sql.operator"
local recorder = require "moonpool.testing.recorder"
local repository = require "moonpool.repository"

local User = model.new { "users",
  c.int8("id", { primary_key = true, identity = true }), c.text "email",
  c.int4("age", { null = true }), c.array("tags", "text", { default = {} }) }
local Watch = model.new { "watches", c.int8 "user_id", c.int8 "package_id",
  constraint.primary_key { "user_id", "package_id" } }

local Users = repository(User, { order = "email" })
Users.scopes.adults = function(q, u, age) return q:where(u.age:ge(age or 18)) end
function Users:by_email(email) return self:find { email = email } end

local COLUMNS = "users.id, users.email, users.age, users.tags"
local SELECT = "select " .. COLUMNS .. " from users"

local db, users
before_each(function()
  db = recorder.new()
  users = Users:using(db)
end)

local function refusal(kind, fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, kind), tostring(err))
  return err.message
end

describe("moonpool.repository", function()
  it("gets by key", function()
    db:answer { id = 1, email = "a" }

    local user = users:get(1)

    assert.equal(User, model.of(user))
    assert.same({ SELECT .. " where users.id = $1" }, db:texts())
  end)

  it("raises not_found with table and key", function()
    assert.matches('"users" has no row with this key %(id%)',
      refusal("not_found", users.get, users, 1))
    assert.matches('"users"', refusal("not_found", users.update, users, 1, { email = "x" }))
  end)

  for _, id in ipairs { null, { ["x"] = 1 }, {} } do
    it("refuses the key " .. tostring(id):gsub("0x.*", ""), function()
      refusal("bad_argument", users.get, users, id)
    end)
  end

  it("takes a table for a key of several columns", function()
    local watches = repository(Watch):using(db:answer(1))

    assert.is_true(watches:delete { user_id = 1, package_id = 2 })
    assert.equal("delete from watches where watches.package_id = $1 and watches.user_id = $2",
      db:last().sql)
    assert.matches("several columns", refusal("bad_argument", watches.get, watches, 1))
  end)

  it("refuses an instance for a key", function()
    assert.matches("instance is no key", refusal("bad_argument", users.get, users, User { id = 1 }))
  end)

  it("finds nothing without a condition, which a nil is not", function()
    assert.matches("no condition", refusal("bad_argument", users.find, users))
    assert.matches("no condition", refusal("bad_argument", users.find, users, { email = nil }))
    assert.is_nil(users:adults():find())
  end)

  it("refuses one row where many are created", function()
    assert.matches("list of rows", refusal("bad_argument", users.create_many, users))
    assert.matches("list of rows",
      refusal("bad_argument", users.create_many, users, { email = "x" }))
  end)

  it("refuses what runs no statements", function()
    assert.matches("a nil is no engine", refusal("bad_argument", Users.using, Users))
    assert.matches("a number is no engine", refusal("bad_argument", Users.using, Users, 5))
  end)

  it("tells that a scope forgot to return", function()
    local Forgetful = repository(User)
    Forgetful.scopes.none = function() end
    local none = Forgetful:using(db):none()

    assert.matches("scope gives back nothing", refusal("bad_argument", none.count, none))
  end)

  it("finds nothing as nil", function()
    assert.is_nil(users:find { email = "x" })
  end)

  it("has custom methods, bound", function()
    db:answer { id = 1, email = "x" }

    assert.equal(1, users:by_email("x").id)
  end)

  it("lists in its order, the key last", function()
    users:list({ age = operator.between(1, 2) }, { limit = 3, offset = 4 })

    assert.equal(SELECT .. " where users.age between $1 and $2"
      .. " order by users.email, users.id limit $3 offset $4",
      db:last().sql)
  end)

  it("lists in another order when asked", function()
    users:list(nil, { order = "age desc" })

    assert.matches("order by users.age desc, users.id desc$", db:last().sql)
  end)

  it("counts and looks whether there is one", function()
    db:answer(3, true)

    assert.equal(3, users:count())
    assert.is_true(users:exists { age = null })
    assert.same({ "select count(*) from users",
      "select exists (select 1 from users where users.age is null)" },
      db:texts())
  end)

  it("creates and gives back the whole row", function()
    db:answer { id = 9, email = "a" }

    assert.equal(9, users:create({ email = "a" }).id)
    assert.equal("insert into users (email, tags) values ($1, $2) returning " .. COLUMNS,
      db:last().sql)
  end)

  it("creates many at once", function()
    local watches = repository(Watch):using(db)
    watches:create_many { { user_id = 1, package_id = 2 }, { user_id = 3, package_id = 4 } }

    assert.matches("unnest%(%$1::int8%[%], %$2::int8%[%]%)", db:last().sql)
    assert.same({}, watches:create_many {})
  end)

  it("creates more rows than one statement takes in one transaction", function()
    local rows = {}
    for at = 1, 2000 do rows[at] = { email = "x" .. at } end

    users:create_many(rows)

    local texts = db:texts()
    assert.equal("begin", texts[1])
    assert.equal("commit", texts[#texts])
    assert.equal(4, #texts)
  end)

  it("updates by key", function()
    db:answer { id = 1, email = "z" }

    assert.equal("z", users:update(1, { email = "z" }).email)
    assert.equal("update users set email = $1 where users.id = $2 returning " .. COLUMNS,
      db:last().sql)
  end)

  it("moves updated_at", function()
    local Stamped = repository(model.new { "s", c.int8("id", { primary_key = true }), c.text "a",
      timestamps() }):using(db:answer { id = 1 })
    Stamped:update(1, { a = "x" })

    assert.matches("set a = %$1, updated_at = now%(%)", db:last().sql)
  end)

  it("deletes and says whether there was a row", function()
    db:answer(1, 0)

    assert.is_true(users:delete(1))
    assert.is_false(users:delete(2))
  end)

  it("refuses to reach every row by a forgotten filter", function()
    assert.matches("no condition", refusal("bad_argument", users.delete_where, users, {}))
    assert.matches("no condition",
      refusal("bad_argument", users.update_where, users, nil, { age = 1 }))
    assert.same({}, db:texts())
  end)

  it("narrows every statement by its scopes", function()
    db:answer(5, 2)

    users:adults(21):count()
    users:adults():delete_where {}

    assert.same({ "select count(*) from users where users.age >= $1",
      "delete from users where users.age >= $1" }, db:texts())
  end)

  it("leaves the repository as it was when a scope is applied", function()
    users:adults()
    users:count()

    assert.equal("select count(*) from users", db:last().sql)
  end)

  it("says what to do when it is not bound", function()
    assert.matches("has no engine", refusal("bad_argument", Users.count, Users))
  end)

  it("sends false as false", function()
    local Flag = repository(model.new { "flags", c.bool "is_on" }):using(db:answer {})
    Flag:create { is_on = false }

    assert.same({ false, n = 1 }, db:last().params)
  end)

  it("takes a name with spaces for its order, and a direction after it", function()
    local Odd = repository(model.new { "odd", c.int8("Full Name"), c.int8 "desc" },
      { order = { "Full Name  DESC", " desc " } }):using(db)
    Odd:list()

    assert.matches('order by odd."Full Name" desc, odd."desc"$', db:last().sql)
    assert.matches('no column "Full Name up"', refusal("bad_argument", Odd.list, Odd, nil,
      { order = "Full Name up" }))
  end)

  it("counts what a scope leaves, its limit too", function()
    local Some = repository(User, { order = "email" })
    Some.scopes.first = function(q, u) return q:order_by(u.age:desc()):limit(2) end
    Some:using(db):first():count()

    assert.equal("select (select count(*) from"
      .. " (select 1 from users order by users.age desc limit $1) as counted)", db:last().sql)
  end)

  it("never dumps NULL", function()
    local Coded = repository(model.new { "coded", c.int8("id", { primary_key = true }),
      c.text("a", { null = true, dump = string.lower }) }):using(db:answer { id = 1 })
    Coded:update(1, { a = null })

    assert.equal(null, db:last().params[1])
  end)

  it("loads and dumps columns by their own functions", function()
    local Coded = repository(model.new { "coded", c.int8("id", { primary_key = true }),
      c.text("a",
        { load = string.upper, dump = string.lower }) }):using(db:answer { id = 1, a = "x" })

    assert.equal("X", Coded:create({ id = 1, a = "ABC" }).a)
    assert.equal("abc", db:last().params[1])
  end)
end)
