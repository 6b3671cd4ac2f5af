-- tables.lua - a schema of its own for a spec, and models' tables made in it by our own DDL.
local ddl = require "moonpool.schema.ddl"
local mp = require "moonpool"

local tables = {}

---An engine whose unqualified names live in a fresh schema, then in public.
---@async
---@param schema string
function tables.open(schema)
  do
    local control <close> = mp.engine(nil, { pool = { max = 1 } })
    control:script(("drop schema if exists %s cascade; create schema %s"):format(schema, schema))
    for _, extension in ipairs { "citext", "hstore", "ltree" } do
      control:exec(("create extension if not exists %s schema public"):format(extension))
    end
  end
  return mp.engine(nil, { pool = { max = 4 }, settings = { search_path = schema .. ", public" } })
end

---Another engine on the same schema.
---@param schema string
function tables.open_more(schema)
  return mp.engine(nil, { pool = { max = 4 }, settings = { search_path = schema .. ", public" } })
end

---@async
function tables.close(db, schema)
  db:script(("set client_min_messages = warning; drop schema %s cascade"):format(schema))
  db:close()
end

---@async
---@param ... moonpool.Model  a referenced one before those that refer to it
function tables.create(db, ...)
  for _, model in ipairs { ... } do
    db:script(table.concat(ddl.create_table(model.table), ";\n"))
  end
end

return tables
