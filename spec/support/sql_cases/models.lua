-- models.lua - the tables that the cases of the query builder speak of, and their DDL.
local c = require "moonpool.column"
local mp = require "moonpool"

local models = { SCHEMA = "sql_cases", OTHER = "sql_cases_audit" }

models.User = mp.model { "users",
  c.int8("id", { primary_key = true, identity = true }), c.citext("email", { unique = true }),
  c.varchar("name", { length = 40, null = true }),
  c.enum("role", { "reader", "editor", "admin" }, { type = "user_role", default = "reader" }),
  c.int4("age", { null = true }), c.bool("active", { default = true }),
  c.float8("score", { default = 0 }),
  c.numeric("credit", { precision = 12, scale = 2, default = 0 }),
  c.array("tags", "text", { default = {} }), c.array("marks", "int4", { default = {} }),
  c.jsonb("settings", { default = {} }), c.json("config", { null = true }),
  c.timestamptz("seen_at", { null = true }), c.date("born", { null = true }),
  c.int8("team_id", { null = true }), c.int8("manager_id", { null = true }),
  c.timestamptz("created_at", { default = mp.sql "now()" }) }

models.Team = mp.model { "teams", c.int8("id", { primary_key = true, identity = true }),
  c.text("name", { unique = true }), c.text("org", { default = "main" }) }

models.Post = mp.model { "posts", c.int8("id", { primary_key = true, identity = true }),
  c.int8 "author_id", c.text "title", c.text("body", { null = true }),
  c.text("state", { default = "draft" }), c.int4("views", { default = 0 }),
  c.timestamptz("published_at", { null = true }), c.jsonb("meta", { default = {} }),
  c.tsvector("search", { null = true }) }

models.Comment = mp.model { "comments", c.int8("id", { primary_key = true, identity = true }),
  c.int8 "post_id", c.int8("author_id", { null = true }), c.text "body" }

models.Event = mp.model { "events", c.int8("id", { primary_key = true, identity = true }),
  c.text "kind", c.timestamptz "at", c.numeric "amount", c.int8("user_id", { null = true }) }

models.Category = mp.model { "categories", c.int4("id", { primary_key = true }),
  c.int4("parent_id", { null = true }), c.text "name" }

models.Booking = mp.model { "bookings", c.int4("id", { primary_key = true }), c.int4 "room",
  c.range("during", "tsrange"), c.range("days", "daterange"), c.range("seats", "int4range"),
  c.timestamp "at", c.date "day",
  c.range("hours", mp.range_type("hours", { subtype = "float8" }), { null = true }) }

models.Thing = mp.model { "things", c.int4("id", { primary_key = true }), c.uuid("token"),
  c.bytea("data", { null = true }), c.hstore("attrs", { null = true }),
  c.inet("address", { null = true }), c.ltree("path", { null = true }),
  c.interval("lasts", { null = true }), c.varbit("flags", { null = true }),
  c.composite("place", "place", { null = true }), c.xml("page", { null = true }) }

models.Odd = mp.model { "Order", c.int4("id", { primary_key = true }), c.text("Full Name"),
  c.int4 "desc", c.int4 "user", c.text "größe", c.text('say "hi"'), c.text "1st" }

models.Entry = mp.model { "entries", schema = models.OTHER,
  c.int8("id", { primary_key = true, identity = true }), c.text "action", c.int8("user_id") }

models.Setting = mp.model { "settings", c.text("scope"), c.text("key"), c.text("value"),
  mp.primary_key { "scope", "key" } }

---In the order in which they can be made.
models.ALL = { models.User, models.Team, models.Post, models.Comment, models.Event, models.Category,
  models.Booking, models.Thing, models.Odd, models.Entry, models.Setting }

---What the tables need, and functions that cases call.
models.BEFORE = [[
create type user_role as enum ('reader', 'editor', 'admin');
create type hours as range (subtype = float8);
create type place as (street text, number int4);
create function sql_cases_audit.score(value int8, weight int4 default 1) returns int8
  language sql immutable as 'select value * weight';
create function "Total"(int8) returns int8 language sql as 'select $1';
create function pairs_of(int4) returns setof record
  language sql as 'select i, i::text from generate_series(1, $1) i';
]]

return models
