-- models.lua - the objects of W5 as a user declares them.
local c = require "moonpool.column"
local mp = require "moonpool"

local models = {}

models.Customer = mp.model {
  "bench_customer",
  c.int4("id", { primary_key = true, identity = true }),
  c.text "name",
  c.text("description", { null = true }),
}

models.Item = mp.model {
  "bench_item",
  c.int4("id", { primary_key = true, identity = true }),
  c.text "name",
  c.text("description", { null = true }),
  c.int4 "quantity",
  c.float8 "price",
  c.timestamptz "created_at",
}

models.Parent = mp.model {
  "bench_parent",
  c.int4("id", { primary_key = true, identity = true }),
  c.text "name",
  mp.has_many("children", { table = "bench_child", column = "parent_id" }),
}

models.Child = mp.model {
  "bench_child",
  c.int4("id", { primary_key = true, identity = true }),
  c.text "title",
  c.int4 "pages",
  c.float8 "price",
  mp.belongs_to("parent", { table = "bench_parent" }),
}

return models
