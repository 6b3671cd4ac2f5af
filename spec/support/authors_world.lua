-- authors_world.lua - authors, their posts and what belongs to these: relations of every kind.
local c = require "moonpool.column"
local mp = require "moonpool"
local tables = require "spec.support.tables"

local function id()
  return c.int8("id", { primary_key = true, identity = true })
end

local Team = mp.model { "teams", id(), c.text "name",
  mp.has_many("members", { table = "authors" }) }
local Author = mp.model { "authors", id(), c.text "name",
  mp.belongs_to("team", { table = "teams", null = true }),
  mp.has_one("profile", { table = "profiles" }),
  mp.has_many("posts", { table = "posts", order_by = "id" }),
  mp.has_many("received", { through = "posts", source = "comments" }),
  mp.many_to_many("friends", { table = "authors", through = "friendships", from = "one_id",
    to = "other_id" }) }
local Profile = mp.model { "profiles", id(), c.text "bio", mp.belongs_to("author",
  { table = "authors", unique = true }) }
local Post = mp.model { "posts", id(), c.text "title",
  c.text("body", { deferred = true, null = true }),
  mp.belongs_to("author", { table = "authors" }), mp.soft_delete(),
  mp.has_many("comments", { table = "comments", order_by = "id" }),
  mp.has_many("live_comments", { table = "comments", where = { state = "live" } }),
  mp.has_many("notes", { table = "notes", polymorphic = "subject", order_by = "id" }),
  mp.many_to_many("tags", { table = "tags", through = "taggings", extra = { "weight" },
    order_by = "name" }) }
local Comment = mp.model { "comments", id(), c.text "state",
  mp.belongs_to("post", { table = "posts" }),
  mp.belongs_to("author", { table = "authors" }) }
local Tag = mp.model { "tags", c.citext("name", { primary_key = true }) }
local Tagging = mp.model { "taggings",
  mp.belongs_to("post", { table = "posts" }),
  mp.belongs_to("tag", { table = "tags", key = "name", type = "citext", column = "tag_name" }),
  c.int4("weight", { default = 0 }), mp.primary_key { "post_id", "tag_name" } }
local Note = mp.model { "notes", id(), c.text "text",
  mp.belongs_to("subject", { polymorphic = { "posts", "authors" }, null = true }) }
local Friendship = mp.model { "friendships",
  mp.belongs_to("one", { table = "authors" }), mp.belongs_to("other", { table = "authors" }),
  mp.primary_key { "one_id", "other_id" } }
local Section = mp.model { "sections", id(),
  mp.belongs_to("parent", { table = "sections", null = true }),
  mp.has_many("children", { table = "sections", order_by = "id" }) }
local Order = mp.model { "orders", c.text "shop", c.int4 "number",
  mp.primary_key { "shop", "number" }, mp.has_many("lines", { table = "lines", order_by = "id" }) }
local Line = mp.model { "lines", id(), mp.belongs_to("order", { table = "orders",
  column = { "shop", "number" }, key = { "shop", "number" } }) }

local ALL = { Team, Author, Profile, Post, Comment, Tag, Tagging, Note, Friendship, Section, Order,
  Line }

local ROWS = [[
  insert into teams (name) values ('core'), ('docs');
  insert into authors (name, team_id) values ('Ada', 1), ('Bob', 2), ('Cy', null);
  insert into profiles (bio, author_id) values ('mathematician', 1);
  insert into posts (title, body, author_id) select 'post ' || n, 'body ' || n, n % 2 + 1
    from generate_series(1, 100) n;
  update posts set deleted_at = now() where id = 100;
  insert into comments (state, post_id, author_id)
    select case when n % 3 = 0 then 'draft' else 'live' end, n % 20 + 1, n % 3 + 1
    from generate_series(1, 200) n;
  insert into tags values ('Red'), ('blue');
  insert into taggings select n, 'RED', n from generate_series(1, 10) n;
  insert into taggings select n, 'blue', 0 from generate_series(1, 5) n;
  insert into notes (text, subject_type, subject_id) values ('a', 'posts', 1), ('b', 'posts', 1),
    ('c', 'authors', 2), ('d', null, null), ('e', 'posts', 4711);
  insert into friendships values (1, 2), (1, 3), (2, 1);
  insert into sections (parent_id) values (null), (1), (1), (2);
  insert into orders values ('a', 1), ('a', 2), ('b', 1);
  insert into lines (shop, number) values ('a', 1), ('b', 1), ('a', 1);]]

local world = { Author = Author, Post = Post, Comment = Comment, Note = Note, Section = Section,
  Order = Order }

---An engine on a fresh schema that has them all.
---@async
---@param schema string
---@return moonpool.Engine
function world.open(schema)
  local db = tables.open(schema)
  for _, model in ipairs(ALL) do tables.create(db, model) end
  db:script(ROWS)
  return db
end

return world
