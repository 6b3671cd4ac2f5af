-- verbs_world.lua - users and posts, for specs of what a session does besides flushing.
local c = require "moonpool.column"
local mp = require "moonpool"
local tables = require "spec.support.tables"

local world = {}

world.User = mp.model { "users", c.int8("id", { primary_key = true, identity = true }),
  c.citext("email", { unique = true }), c.text("name", { null = true }),
  c.int4("age", { null = true }), c.array("tags", "text", { default = {} }),
  c.jsonb("settings", { default = {} }), c.text("bio", { null = true, deferred = true }),
  mp.timestamps(), mp.version(),
  mp.belongs_to("boss", { table = "users", null = true }),
  mp.has_many("posts", { table = "posts", column = "author_id" }) }
world.Post = mp.model { "posts", c.uuid("id", { primary_key = true, generate = "v7" }),
  c.text "title", mp.soft_delete(), mp.belongs_to("author", { table = "users", null = true }) }

---@async
---@param schema string
---@return moonpool.Engine
function world.open(schema)
  local db = tables.open(schema)
  tables.create(db, world.User, world.Post)
  return db
end

---Five users and no post.
---@async
function world.fill(db)
  db:exec "truncate users, posts restart identity"
  db:exec [[insert into users (email, name, age) select 'u' || n, 'n' || n, n
    from generate_series(1, 5) n]]
end

return world
