-- The query builder: statements as SQL text and parameters.
local delete = require "moonpool.sql.delete"
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local fragment = require "moonpool.sql.fragment"
local insert = require "moonpool.sql.insert"
local null = require "moonpool.null"
local operator = require "moonpool.sql.operator"
local recorder = require "moonpool.testing.recorder"
local select = require "moonpool.sql.select"
local source = require "moonpool.sql.source"
local update = require "moonpool.sql.update"

local TYPES = { id = "int8", email = "varchar(40)", age = "int4", tags = "text[]" }
local users = source.new { name = "users", columns = { "id", "email", "age", "tags" },
  type_of = function(name) return TYPES[name] end }

local function col(name) return users:column(name) end

local function where(condition)
  local text = tostring(delete(users):where(condition))
  return (text:gsub("^delete from users where ", ""))
end

local function refusal(fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, "bad_argument"), tostring(err))
  return err.message
end

describe("moonpool.sql", function()
  local comparisons = {
    { "eq", "users.age = $1" }, { "ne", "users.age <> $1" }, { "gt", "users.age > $1" },
    { "ge", "users.age >= $1" }, { "lt", "users.age < $1" }, { "le", "users.age <= $1" },
    { "like", "users.email like $1", "x" }, { "ilike", "users.email ilike $1", "x" },
    { "contains", "users.tags @> $1", { "x" } }, { "overlaps", "users.tags && $1", { "x" } },
  }
  for _, case in ipairs(comparisons) do
    it("writes " .. case[1], function()
      local column = col(case[2]:match "%.(%w+)")

      assert.equal(case[2], where(column[case[1]](column, case[3] or 1)))
    end)
  end

  it("binds values out of band", function()
    local text, params = delete(users):where(col("email"):eq "x' or 1=1"):sql()

    assert.equal("delete from users where users.email = $1", text)
    assert.same({ "x' or 1=1", n = 1 }, params)
  end)

  it("compares with NULL by is null", function()
    assert.equal("users.age is null", where(col("age"):eq(null)))
    assert.equal("users.age is not null", where(col("age"):ne(null)))
  end)

  it("refuses nil as a value", function()
    assert.matches("nil", refusal(function() return col("age"):eq(nil) end))
  end)

  it("writes between", function()
    assert.equal("users.age between $1 and $2", where(col("age"):between(1, 2)))
  end)

  it("makes a list one parameter", function()
    local text, params = delete(users):where(col("id"):one_of { 1, 2, 3 }):sql()

    assert.equal("delete from users where users.id = any($1)", text)
    assert.same({ { 1, 2, 3 }, n = 1 }, params)
  end)

  it("refuses NULL in a list", function()
    assert.matches("NULL", refusal(function() return col("id"):one_of { 1, null } end))
  end)

  it("takes a select for a list", function()
    assert.equal("users.id in (select users.id from users)",
      where(col("id"):one_of(select { col "id" }:from(users))))
  end)

  it("brackets or inside and", function()
    local condition = (col("id"):eq(1) | col("id"):eq(2)) & col("age"):gt(3)

    assert.equal("(users.id = $1 or users.id = $2) and users.age > $3", where(condition))
  end)

  it("leaves and inside or bare", function()
    local condition = col("id"):eq(1) & col("age"):gt(3) | col("id"):eq(2)

    assert.equal("users.id = $1 and users.age > $2 or users.id = $3", where(condition))
  end)

  it("brackets what is negated", function()
    assert.equal("not (users.id = $1 and users.age = $2)",
      where(~(col("id"):eq(1) & col("age"):eq(2))))
  end)

  it("keeps arithmetic in its shape", function()
    assert.equal("(users.age + $1) * $2 > $3", where(((col "age" + 1) * 2):gt(3)))
    assert.equal("users.age - (users.id - $1) > $2", where((col "age" - (col "id" - 1)):gt(0)))
  end)

  it("compares rows", function()
    local left, right = expression.row { col "age", col "id" }, expression.row { 1, 2 }

    assert.equal("(users.age, users.id) > ($1, $2)", where(left:gt(right)))
  end)

  it("calls functions", function()
    assert.equal("lower(users.email) = $1", where(expression.fn.lower(col "email"):eq "x"))
    assert.equal("count(*)", tostring(expression.fn.count()))
    assert.equal("coalesce(users.email, $1)", tostring(expression.fn.coalesce(col "email", "")))
    assert.equal('"left"(users.email, $1::int4)', tostring(expression.fn.left(col "email", 3)))
  end)

  it("refuses what is no name of a function", function()
    assert.matches("not the name", refusal(function() return expression.fn["a; drop"] end))
  end)

  it("binds a fragment's arguments", function()
    local text, params = fragment("lower(?) = ?", col "email", "x"):sql()

    assert.equal("lower(users.email) = $1", text)
    assert.same({ "x", n = 1 }, params)
  end)

  it("leaves question marks in quotes and comments, and halves doubled ones", function()
    assert.equal([[a ? '?' "?" -- ?]], tostring(fragment [[a ?? '?' "?" -- ?]]))
  end)

  it("brackets a fragment beside other conditions, and what stands in it", function()
    assert.equal("(a or b) and users.id = $1", where(fragment "a or b" & col("id"):eq(1)))
    assert.equal("not (a or b)", where(~fragment "a or b"))
    assert.equal("(users.age + $1) * 2 = $2", where(fragment("? * 2 = ?", col "age" + 1, 5)))
  end)

  it("leaves a name or one call bare", function()
    assert.equal("users.age > now() and x", where(col("age"):gt(fragment "now()") & fragment "x"))
    assert.equal("(not (a)) = $1", where(fragment("not (a)"):eq(true)))
  end)

  it("refuses a fragment whose arguments do not match", function()
    assert.matches("1 placeholders and 2 arguments", refusal(fragment, "?", 1, 2))
  end)

  it("selects every column of a source", function()
    assert.equal("select users.id, users.email, users.age, users.tags from users",
      tostring(select { source = users }))
  end)

  it("names a computed column", function()
    assert.equal("select users.id, count(*) as n from users",
      tostring(select { col "id", n = expression.fn.count() }:from(users)))
  end)

  it("writes every clause in order", function()
    local posts = source.new { name = "posts", schema = "app" }:as "p"
    local query = select { col "id" }:from(users):left_join(posts,
      posts:column("user_id"):eq(col "id"))
      :where { age = 3 }:group_by("id"):having(expression.fn.count():gt(1))
      :order_by(col("id"):desc():nulls_last(), "age"):limit(5):offset(6)

    assert.equal("select users.id from users left join app.posts as p on p.user_id = users.id"
      .. " where users.age = $1 group by users.id having count(*) > $2"
      .. " order by users.id desc nulls last, users.age limit $3 offset $4", tostring(query))
  end)

  it("never changes a statement", function()
    local base = select { col "id" }:from(users)
    local before = tostring(base)

    base:where { id = 1 }:limit(3)

    assert.equal(before, tostring(base))
    assert.has_error(function() base.extra = "x" end)
  end)

  it("refuses a join without a condition", function()
    assert.matches("no condition", refusal(function() select {}:from(users):join "posts" end))
  end)

  for _, value in ipairs { -1, 1.5, "3" } do
    it("refuses the limit " .. tostring(value), function()
      assert.matches("limit takes", refusal(function() select {}:limit(value) end))
    end)
  end

  it("suggests the name of a mistyped column", function()
    assert.matches('did you mean "email"', refusal(function() where { emial = 1 } end))
  end)

  it("reads a filter in the order of names", function()
    assert.equal("users.age >= $1 and users.email is null and users.id = any($2)",
      where { id = { 1 }, email = null, age = operator.gte(18) })
  end)

  it("compares an array or JSON as a whole, and any other column with each of a list", function()
    local shaped = source.new { name = "t", columns = { "tags", "data", "n" },
      type_of = function(name) return ({ tags = "text[]", data = "jsonb", n = "int4" })[name] end }
    local result = setmetatable({ 1, 2 }, { count = 2 })

    assert.equal("t.data = $1 and t.n = any($2) and t.tags = $3",
      (tostring(delete(shaped):where { tags = { "a" }, data = { a = 1 }, n = result })
        :gsub("^.- where ", "")))
  end)

  it("refuses a table of names where a list belongs", function()
    assert.matches("takes a list", refusal(function() where { age = { a = 1 } } end))
  end)

  for _, case in ipairs { { "gt", ">" }, { "gte", ">=" }, { "lt", "<" }, { "lte", "<=" },
    { "ne", "<>" }, { "like", "like" }, { "ilike", "ilike" } } do
    it("filters by " .. case[1], function()
      assert.equal("users.email " .. case[2] .. " $1", where { email = operator[case[1]] "x" })
    end)
  end

  it("inserts one row by name", function()
    local text, params = insert(users):values({ id = 1, age = null }):returning "id":sql()

    assert.equal("insert into users (age, id) values ($1, $2) returning users.id", text)
    assert.same({ null, 1, n = 2 }, params)
  end)

  it("inserts a row of defaults", function()
    assert.equal("insert into users default values", tostring(insert(users):values {}))
  end)

  it("inserts many rows as one array for each column", function()
    local text, params = insert(users):values({ { id = 1, age = 2 }, { id = 3, age = null } }):sql()

    assert.equal("insert into users (age, id) select * from unnest($1::int4[], $2::int8[])", text)
    assert.same({ { 2, null }, { 1, 3 }, n = 2 }, params)
  end)

  it("does not let a cast cut long texts", function()
    assert.matches("%$1::text%[%]",
      tostring(insert(users):values { { email = "a" }, { email = "b" } }))
  end)

  it("inserts row by row what may be a composite", function()
    local pairs_of = source.new { name = "t", columns = { "p" },
      type_of = function() return "pair" end }

    assert.equal("insert into t (p) values ($1), ($2)",
      tostring(insert(pairs_of):values { { p = "(1,a)" }, { p = "(2,b)" } }))
  end)

  it("counts the rows of a query, whatever its shape", function()
    local query = select { col "id" }:from(users):where({ age = 1 }):order_by("id")

    assert.equal("select count(*) from users where users.age = $1", tostring(query:count()))
    assert.equal("select (select count(*) from (select users.id from users where users.age = $1"
      .. " order by users.id limit $2) as counted)", tostring(query:limit(3):count()))
  end)

  it("refuses a conflict without a consequence", function()
    assert.matches("does not say what to do", refusal(function()
      return insert(users):values({ id = 1 }):on_conflict("id"):sql()
    end))
  end)

  it("inserts arrays and uneven rows row by row", function()
    assert.equal("insert into users (age, tags) values ($1, $2), (default, $3)",
      tostring(insert(users):values { { age = 1, tags = {} }, { tags = {} } }))
  end)

  it("ignores conflicts", function()
    assert.matches("on conflict do nothing$",
      tostring(insert(users):values({ id = 1 }):on_conflict():ignore()))
    assert.matches("on conflict %(id%) do nothing$",
      tostring(insert(users):values({ id = 1 }):on_conflict("id"):ignore()))
  end)

  it("updates on conflict, under a condition", function()
    local statement = insert(users):values({ id = 1, age = 2 }):on_conflict("id")
      :update({ "age", email = "x" }):where(col("age"):lt(9))

    assert.matches("on conflict %(id%) do update"
      .. " set age = excluded.age, email = %$3 where users.age < %$4$",
      tostring(statement))
  end)

  it("refuses to update on any conflict", function()
    assert.matches("needs the key",
      refusal(function() insert(users):on_conflict():update { "age" } end))
  end)

  it("updates by values and expressions", function()
    assert.equal("update users set age = users.age + $1, email = $2"
      .. " where users.id = $3 returning *",
      tostring(update(users):set({ age = col "age" + 1,
        email = "x" }):where({ id = 1 }):returning()))
  end)

  it("refuses an update of nothing", function()
    assert.matches("sets nothing", refusal(function() update(users):set {} end))
  end)

  it("runs on an executor", function()
    local db = recorder.new():answer({ { id = 1 } }, { id = 1 }, 7, 2)
    local query = select { col "id" }:from(users):where { id = 1 }

    assert.same({ { id = 1 } }, query:all(db))
    assert.same({ id = 1 }, query:one(db))
    assert.equal(7, query:value(db))
    assert.equal(2, delete(users):where({ id = 1 }):exec(db))
    assert.same({ 1, n = 1 }, db:last().params)
  end)

  it("refuses more parameters than the protocol has", function()
    local rows = {}
    for at = 1, 40000 do rows[at] = { tags = {}, age = at } end

    assert.matches("80000 parameters", refusal(function()
      insert(users):values(rows):exec(recorder.new())
    end))
  end)

  it("shows what it lacks, without an error", function()
    assert.equal("incomplete insert: an insert has no rows", tostring(insert(users)))
    assert.equal("incomplete insert: on_conflict does not say what to do",
      tostring(insert(users):values({ id = 1 }):on_conflict "id"))
  end)

  it("shows no parameter", function()
    assert.not_matches("secret", tostring(update(users):set { email = "secret" }))
  end)
end)
