-- object_world.lua - related models, and what their rows are, kept as plain tables beside them.
local c = require "moonpool.column"
local mp = require "moonpool"

local object_world = {}

local function server_key() return c.int8("id", { primary_key = true, identity = true }) end
local function client_key() return c.uuid("id", { primary_key = true, generate = "v4" }) end

-- `tag` is what a row is called here and there.
local function named(name, key, ...)
  return mp.model { name, key, c.int4("tag", { unique = true }), c.text "name", ... }
end

object_world.models = {
  teams = named("teams", server_key(), mp.has_many("users", { table = "users" })),
  users = named("users", server_key(), mp.version(),
    mp.belongs_to("team", { table = "teams", null = true }),
    mp.has_many("posts", { table = "posts", column = "author_id", cascade = { "save", "delete" } }),
    mp.has_one("profile", { table = "profiles", cascade = { "save", "delete", "orphan" } }),
    mp.many_to_many("groups", { table = "groups", through = "memberships" })),
  profiles = named("profiles", server_key(),
    mp.belongs_to("user", { table = "users", unique = true })),
  posts = named("posts", client_key(), mp.belongs_to("author", { table = "users" }),
    mp.has_many("comments", { table = "comments", cascade = { "save", "delete" } })),
  comments = named("comments", server_key(), mp.belongs_to("post", { table = "posts" })),
  groups = named("groups", client_key(),
    mp.many_to_many("users", { table = "users", through = "memberships" })),
  nodes = named("nodes", server_key(), mp.belongs_to("parent", { table = "nodes", null = true }),
    mp.has_many("children", { table = "nodes", column = "parent_id" })),
}
object_world.between = mp.model { "memberships", mp.belongs_to("user", { table = "users" }),
  mp.belongs_to("group", { table = "groups" }), mp.primary_key { "user_id", "group_id" } }

object_world.NAMES = { "teams", "users", "posts", "comments", "groups", "nodes", "profiles" }

-- Each kind of reference: the child's relation, its column, the owner's list.
object_world.REFERENCES = {
  users = { to = "teams", relation = "team", column = "team_id", list = "users", null = true },
  posts = { to = "users", relation = "author", column = "author_id", list = "posts" },
  profiles = { to = "users", relation = "user", column = "user_id", only = "profile" },
  comments = { to = "posts", relation = "post", column = "post_id", list = "comments" },
  nodes = { to = "nodes", relation = "parent", column = "parent_id", list = "children",
    null = true },
}

---@class spec.World  rows by tag: { kind =, name =, owner = tag or nil, groups = set of tags }
local World = {}
World.__index = World

---@return spec.World
function object_world.new()
  return setmetatable({ rows = {}, last = 0 }, World)
end

function World:add(kind, owner)
  self.last = self.last + 1
  self.rows[self.last] = { kind = kind, name = "new", owner = owner, groups = {} }
  return self.last
end

---@return spec.World  that does not change with this one
function World:copy()
  local copy = setmetatable({ rows = {}, last = self.last }, World)
  for tag, row in pairs(self.rows) do
    local groups = {}
    for group in pairs(row.groups) do groups[group] = true end
    copy.rows[tag] = { kind = row.kind, name = row.name, owner = row.owner, groups = groups }
  end
  return copy
end

---@return integer[]  tags, in order
function World:tags(kind)
  local list = {}
  for tag, row in pairs(self.rows) do
    if not kind or row.kind == kind then list[#list + 1] = tag end
  end
  table.sort(list)
  return list
end

---@return integer[]
function World:children(tag, kind)
  local list = {}
  if not kind or object_world.REFERENCES[kind].to ~= self.rows[tag].kind then return list end
  for _, other in ipairs(self:tags(kind)) do
    if self.rows[other].owner == tag then list[#list + 1] = other end
  end
  return list
end

local DELETES = { users = { "posts", "profiles" }, posts = { "comments" } }
local FREES = { teams = "users", nodes = "nodes" }

---The row goes, with what goes with it.
function World:delete(tag)
  local row = self.rows[tag]
  if not row then return end
  for _, kind in ipairs(DELETES[row.kind] or {}) do
    for _, child in ipairs(self:children(tag, kind)) do self:delete(child) end
  end
  for _, child in ipairs(self:children(tag, FREES[row.kind])) do
    self.rows[child].owner = nil
  end
  for _, user in ipairs(row.kind == "groups" and self:tags "users" or {}) do
    self.rows[user].groups[tag] = nil
  end
  self.rows[tag] = nil
end

---@return string[]  a line for each row, in order
function World:lines()
  local lines = {}
  for _, tag in ipairs(self:tags()) do
    local row, groups = self.rows[tag], {}
    for group in pairs(row.groups) do groups[#groups + 1] = group end
    table.sort(groups)
    lines[#lines + 1] = ("%d %s %s %s {%s}"):format(tag, row.kind, row.name,
      tostring(row.owner or "-"), table.concat(groups, ","))
  end
  return lines
end

local STORED = {
  teams = "select tag, name, null::int as owner, '' as groups from teams",
  users = [[select u.tag, u.name, t.tag as owner, coalesce((select string_agg(g.tag::text, ','
    order by g.tag) from memberships m join groups g on g.id = m.group_id where m.user_id = u.id),
    '') as groups from users u left join teams t on t.id = u.team_id]],
  posts = [[select p.tag, p.name, u.tag as owner, '' as groups from posts p
    join users u on u.id = p.author_id]],
  profiles = [[select p.tag, p.name, u.tag as owner, '' as groups from profiles p
    join users u on u.id = p.user_id]],
  comments = [[select c.tag, c.name, p.tag as owner, '' as groups from comments c
    join posts p on p.id = c.post_id]],
  groups = "select tag, name, null::int as owner, '' as groups from groups",
  nodes = [[select n.tag, n.name, p.tag as owner, '' as groups from nodes n
    left join nodes p on p.id = n.parent_id]],
}

---@async
---@return string[]  what `lines` says of the rows in the database
function object_world.stored(db)
  local rows = {}
  for kind, sql in pairs(STORED) do
    for _, row in ipairs(db:query(sql)) do
      row.kind = kind
      rows[#rows + 1] = row
    end
  end
  table.sort(rows, function(a, b) return a.tag < b.tag end)
  local lines = {}
  for at, row in ipairs(rows) do
    lines[at] = ("%d %s %s %s {%s}"):format(row.tag, row.kind, row.name,
      tostring(row.owner or "-"), row.groups)
  end
  return lines
end

return object_world
