-- moonpool.orm.flush: which statements a flush sends, in which order, of how many rows each.
local c = require "moonpool.column"
local declare = require "moonpool.orm.relation.declare"
local errors = require "moonpool.errors"
local model = require "moonpool.orm.model"
local orm_session = require "moonpool.orm.session"
local session_target = require "spec.support.session_target"
local timestamps = require "moonpool.orm.mixin.timestamps"
local version = require "moonpool.orm.mixin.version"

local function key() return c.int8("id", { primary_key = true, identity = true }) end
local function named(name, ...) return model.new { name, key(), c.text "name", ... } end

local Team = named("f_teams")
local User = named("f_users", c.jsonb("extra", { null = true }), version(),
  declare.belongs_to("team", { table = "f_teams", null = true }),
  declare.many_to_many("groups", { table = "f_groups", through = "f_members" }))
local Group = named("f_groups", declare.many_to_many("users", { table = "f_users",
  through = "f_members" }))
local Node = named("f_nodes", declare.belongs_to("parent", { table = "f_nodes", null = true }))
local Stamped = model.new { "f_stamped", key(), c.text "name", timestamps() }
local Uuid = model.new { "f_uuids", c.uuid("id", { primary_key = true }), c.text "name",
  declare.belongs_to("parent", { table = "f_uuids", null = true }) }
local Seat = model.new { "f_seats", c.text "row", c.int4 "number" }
local Deferred = model.new { "f_deferred", c.int8("id", { primary_key = true }),
  c.int8("other_id", { references = { table = "f_deferred", deferrable = true } }) }

local function open()
  return orm_session.open(session_target.new(), nil, {})
end

local stored = session_target.stored

local function lines(s)
  local list = {}
  for at, one in ipairs(s:plan().statements) do
    list[at] = ("%d: %s (%d)"):format(one.trip, one.sql, one.rows)
  end
  return list
end

-- "insert f_users 2" and the round trip, for what the text is not about.
local function steps(s)
  local list = {}
  for at, one in ipairs(s:plan().statements) do
    local verb, of = one.sql:match "(%a+) into (%S+)"
    if not verb then verb, of = one.sql:match "(delete) from (%S+)" end
    if not verb then verb, of = one.sql:match "(update) (%S+) set" end
    if not verb then verb, of = "lock", one.sql:match "select 1 from (%S+)" end
    list[at] = ("%d: %s %s %d"):format(one.trip, verb, of, one.rows)
  end
  return list
end

describe("moonpool.orm.flush", function()
  it("has nothing to send for nothing", function()
    local s = open()
    stored(s, Team, { id = 1, name = "a" })

    assert.equal("nothing to flush", tostring(s:plan()))
  end)

  it("writes one row by its values, many by an array for each column", function()
    local s = open()
    s:add(Stamped { name = "a" })
    assert.same({ "1: insert into f_stamped (name) values ($1) "
      .. "returning id, created_at, updated_at (1)" }, lines(s))

    s:add(Stamped { name = "b" })
    assert.same({ "1: insert into f_stamped (name) select * from unnest($1::text[]) "
      .. "returning id, created_at, updated_at (2)" }, lines(s))
  end)

  it("writes rows of different shapes apart", function()
    local s = open()
    s:add_all { Team { name = "a" }, Team { id = 7, name = "b" }, Team { name = "c" } }

    assert.same({ "1: insert f_teams 2", "1: insert f_teams 1" }, steps(s))
  end)

  it("puts parents before children, whatever the order in which they came", function()
    local s, team = open(), Team { name = "t" }
    s:add_all { User { name = "u", team = team }, User { name = "v", team = team }, team }

    assert.same({ "1: insert f_teams 1", "2: insert f_users 2" }, steps(s))
  end)

  it("needs one round trip where the keys are known", function()
    local s = open()
    s:add(User { name = "u", team = stored(s, Team, { id = 1, name = "t" }) })

    assert.same({ "1: insert f_users 1" }, steps(s))
  end)

  it("sends a tree level by level, in one round trip where its keys are made here", function()
    local s, root = open(), Node { name = "root" }
    s:add_all { Node { name = "a", parent = root }, Node { name = "b", parent = root } }
    assert.same({ "1: insert f_nodes 1", "2: insert f_nodes 2" }, steps(s))

    s = open()
    local top = Uuid { id = "00000000-0000-0000-0000-000000000001", name = "top" }
    s:add_all { top, Uuid { id = "00000000-0000-0000-0000-000000000002", name = "sub",
      parent_id = top.id } }
    assert.same({ "1: insert f_uuids 1", "1: insert f_uuids 1" }, steps(s))
  end)

  it("cuts a circle at a column that may be NULL, and sets it afterwards", function()
    local s, a = open(), Node { name = "a" }
    a.parent = Node { name = "b", parent = a }
    s:add(a)

    assert.same({ "1: insert f_nodes 1", "2: insert f_nodes 1", "3: update f_nodes 1" }, steps(s))
  end)

  it("leaves a circle to a constraint that is checked at the end", function()
    local s = open()
    s:add_all { Deferred { id = 1, other_id = 2 }, Deferred { id = 2, other_id = 1 } }

    assert.equal(2, #steps(s))
  end)

  it("refuses a circle that nothing can cut, and names its columns", function()
    local A = model.new { "f_a", key(), declare.belongs_to("b", { table = "f_b" }) }
    local B = model.new { "f_b", key(), declare.belongs_to("a", { table = "f_a" }) }
    local s, a = open(), A {}
    a.b = B { a = a }
    s:add(a)

    local _, err = errors.try(s.plan, s)

    assert.equal("bad_argument", err.kind)
    assert.matches("f_[ab].%a_id %-> f_[ab].%a_id", err.message)
    assert.matches("allow NULL", err.hint)
  end)

  it("updates rows that changed in the same columns together, by key and version", function()
    local s = open()
    for id = 3, 1, -1 do stored(s, User, { id = id, name = "n", version = id }).name = "m" end
    stored(s, User, { id = 4, name = "n" }).extra = { a = 1 }

    assert.same({ "1: lock f_users 4", "1: update f_users 3", "1: update f_users 1" }, steps(s))
    assert.matches("order by f_users.id for no key update of f_users", lines(s)[1], 1, true)
    assert.matches("f_users.id = given.k1 and f_users.version = given.k2", lines(s)[2], 1, true)
    assert.matches("set extra = $3, version = $4", lines(s)[3], 1, true)
    assert.matches(" = 1 then '0'", lines(s)[3], 1, true)
  end)

  it("asks for what moves with an update", function()
    local s = open()
    stored(s, Stamped, { id = 1, name = "a" }).name = "b"

    assert.matches("updated_at = now() where f_stamped.id = $1 returning f_stamped.updated_at",
      lines(s)[1], 1, true)
  end)

  it("locks what it writes in the order of tables and keys, first of all", function()
    local s = open()
    stored(s, User, { id = 9, name = "n" }).name = "m"
    s:delete(stored(s, User, { id = 3, name = "n" }))
    stored(s, Team, { id = 1, name = "n" }).name = "m"
    s:add(Team { name = "new" })

    assert.same({ "1: lock f_teams 1", "1: lock f_users 2" }, { table.unpack(steps(s), 1, 2) })
    assert.matches("for update of f_users", lines(s)[2], 1, true)
    assert.matches("for no key update of f_teams", lines(s)[1], 1, true)
  end)

  it("deletes children before parents, many at once", function()
    local s = open()
    local team = stored(s, Team, { id = 1, name = "t" })
    local a = stored(s, User, { id = 1, name = "a", team_id = 1 })
    local b = stored(s, User, { id = 2, name = "b", team_id = 1 })
    for _, object in ipairs { team, a, b } do s:delete(object) end

    local found = steps(s)

    assert.equal("1: delete f_teams 1", found[#found])
    assert.equal("1: delete f_users 2", found[#found - 1])
  end)

  it("writes a pair once, and after both of its rows", function()
    local s, user, group = open(), User { name = "u" }, Group { name = "g" }
    user.groups, group.users = { group }, { user }
    s:add_all { user, group }

    assert.same({ "1: insert f_groups 1", "1: insert f_users 1", "2: insert f_members 1" },
      steps(s))
  end)

  it("tells rows apart by all columns of a key", function()
    local s = open()
    local Keyed = model.new { "f_keyed", c.text "a", c.int4 "b", c.text("v", { null = true }),
      require("moonpool.schema.constraint").primary_key { "a", "b" } }
    for b = 1, 2 do stored(s, Keyed, { a = "x", b = b }).v = "new" end

    assert.matches("f_keyed.a = given.k1 and f_keyed.b = given.k2", lines(s)[2], 1, true)
    s:add(Seat { row = "a", number = 1 })
    assert.has_error(function() s:plan() end)
  end)
end)
