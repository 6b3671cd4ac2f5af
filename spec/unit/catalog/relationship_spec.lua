-- Relations that foreign keys say.
local c = require "moonpool.column"
local constraint = require "moonpool.schema.constraint"
local relationship = require "moonpool.catalog.relationship"
local schema_table = require "moonpool.schema.table"

local function tbl(name, ...)
  return schema_table.new(name, { ... })
end

local function id()
  return c.int8("id", { primary_key = true })
end

local function to(name, target, options)
  local given = options or {}
  given.references = target
  return c.int8(name, given)
end

-- "posts.author belongs_to users", in order.
local function found(...)
  local list = {}
  for at, item in ipairs(relationship { ... }) do
    list[at] = ("%s.%s %s %s"):format(item.owner.name, item.name, item.kind, item.target.name)
  end
  table.sort(list)
  return list
end

describe("a foreign key", function()
  it("is a belongs_to, and a has_many from the other side", function()
    assert.same({ "posts.author belongs_to users", "users.posts has_many posts" },
      found(tbl("users", id()), tbl("posts", id(), to("author_id", "users"))))
  end)

  it("is a has_one where its column is unique", function()
    assert.same({ "profiles.user belongs_to users", "users.profile has_one profiles" },
      found(tbl("users", id()), tbl("profiles", to("user_id", "users", { primary_key = true }))))
    assert.same({ "cards.user belongs_to users", "users.card has_one cards" },
      found(tbl("users", id()), tbl("cards", id(), to("user_id", "users", { unique = true }))))
  end)

  it("tells several to one table apart", function()
    assert.same({ "posts.author belongs_to users", "posts.editor belongs_to users",
      "users.posts has_many posts", "users.posts_by_editor has_many posts" },
      found(tbl("users", id()), tbl("posts", id(), to("author_id", "users"),
        to("editor_id", "users"))))
  end)

  it("makes a tree of a table", function()
    assert.same({ "nodes.children has_many nodes", "nodes.parent belongs_to nodes" },
      found(tbl("nodes", id(), to("parent_id", "nodes", { null = true }))))
    assert.same({ "users.manager belongs_to users", "users.users_by_manager has_many users" },
      found(tbl("users", id(), to("manager_id", "users", { null = true }))))
  end)

  it("never takes a column's name", function()
    assert.same({ "posts.user_by_author belongs_to users", "users.posts has_many posts" },
      found(tbl("users", id()), tbl("posts", id(), c.text "user", to("author", "users"))))
  end)

  it("may have several columns", function()
    assert.same({ "notes.pair belongs_to pairs", "pairs.notes has_many notes" },
      found(tbl("pairs", c.int8 "a", c.int8 "b", constraint.primary_key { "a", "b" }),
        tbl("notes", c.int8 "a", c.int8 "b", constraint.foreign_key { "a", "b", table = "pairs",
          target = { "a", "b" } })))
  end)

  it("leads through a table that has nothing else", function()
    assert.same({ "groups.memberships has_many memberships", "groups.users many_to_many users",
      "memberships.group belongs_to groups", "memberships.user belongs_to users",
      "users.groups many_to_many groups", "users.memberships has_many memberships" },
      found(tbl("users", id()), tbl("groups", id()), tbl("memberships", to("user_id", "users"),
        to("group_id", "groups"), constraint.primary_key { "user_id", "group_id" })))
  end)

  it("does not lead through a table with a column of its own, or without a key", function()
    local function kinds(...)
      local text = table.concat(found(tbl("users", id()), tbl("groups", id()), tbl("m",
        to("user_id", "users"), to("group_id", "groups"), ...)), " ")
      return text:find "many_to_many" ~= nil
    end

    assert.is_false(kinds(constraint.primary_key { "user_id", "group_id" }, c.text "role"))
    assert.is_false(kinds())
    assert.is_true(kinds(constraint.unique { "group_id", "user_id" }))
  end)

  it("leads both ways between rows of one table", function()
    assert.same({ "follows.followed belongs_to users", "follows.follower belongs_to users",
      "users.follows has_many follows", "users.follows_by_followed has_many follows",
      "users.users many_to_many users", "users.users_through_follows many_to_many users" },
      found(tbl("users", id()), tbl("follows", to("follower_id", "users"),
        to("followed_id", "users"), constraint.primary_key { "follower_id", "followed_id" })))
  end)

  it("is none where the target is not there", function()
    assert.same({}, found(tbl("posts", id(), to("author_id", "users"))))
  end)
end)
