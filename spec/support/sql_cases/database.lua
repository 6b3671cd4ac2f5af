-- database.lua - the tables of the cases on a real server, each spec with schemas of its own name.
local ddl = require "moonpool.schema.ddl"
local models = require "spec.support.sql_cases.models"
local tables = require "spec.support.tables"

local database = {}

---An engine whose unqualified names are the cases' tables.
---@async
---@param schema string
function database.open(schema)
  local db = tables.open(schema)
  db:script(("drop schema if exists %s cascade; create schema %s"):format(models.OTHER,
    models.OTHER))
  db:script(models.BEFORE)
  for _, model in ipairs(models.ALL) do
    db:script(table.concat(ddl.create_table(model.table), ";\n"))
  end
  return db
end

---@async
function database.close(db, schema)
  db:script(("set client_min_messages = warning; drop schema %s cascade"):format(models.OTHER))
  tables.close(db, schema)
end

return database
