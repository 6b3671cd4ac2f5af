-- schema_objects_spec.lua - what is declared is what the server makes, and what is read back.
local metadata = require "moonpool.schema.metadata"
local mp = require "moonpool"
local release = require "spec.support.release"
local shapes = require "spec.support.schema_shapes"

-- Alternatives are separated by |; a name with a digest has its digits as %x.
local function check(shape, found)
  for alternative in (shape.expected .. "\n"):gmatch "([^\n]-)[|\n]" do
    if alternative == found then return end
    local pattern = alternative:gsub("[%^$().%[%]*+?-]", "%%%0")
    if shape.is_pattern and found:find("^" .. pattern .. "$") then return end
  end
  assert.equal(shape.expected, found)
end

describe("a declared shape", function()
  local db
  setup(function()
    db = mp.engine(nil, { pool = { max = 1 }, settings = { search_path = "objects_s, public" } })
    db:script "create schema objects_s"
    for _, name in ipairs { "citext", "hstore", "ltree", "btree_gist", "pg_trgm" } do
      db:exec(("create extension if not exists %s schema public"):format(name))
    end
  end)
  teardown(function()
    db:script "set client_min_messages = warning; drop schema objects_s cascade"
    db:close()
  end)

  local function execute(tx, statements)
    tx:script(table.concat(statements, ";\n"))
  end

  local function ask(tx, shape)
    if not shape.query:find("$1", 1, true) then return tx:value(shape.query) end
    return tx:value(shape.query, table.unpack(shape.parameters))
  end

  -- Extensions are the database's: each schema's objects have them all.
  local function read_all(tx)
    local objects, seen = {}, {}
    for _, schema in ipairs { "objects_s", "objects_other" } do
      local exists = tx:value("select to_regnamespace($1) is not null", schema)
      for _, of in ipairs(exists and mp.reflect(tx, { schema = schema }).objects or {}) do
        local is_again = of.kind == "extension" and seen[of.name]
        if not is_again then objects[#objects + 1] = of end
        seen[of.kind == "extension" and of.name or ""] = true
      end
    end
    return metadata.new(objects)
  end

  for at, shape in ipairs(shapes) do
    it(("(%d) %s is made, read back and made again"):format(at, shape.title), function()
      if shape.needs and shape.needs > release(db) then
        return pending(("needs PostgreSQL %d"):format(shape.needs))
      end
      local declared, made, again = metadata.new(shape.objects), nil, nil
      db:transaction(function(tx)
        execute(tx, declared:create_statements())
        made = ask(tx, shape)
        local read = read_all(tx)
        execute(tx, declared:drop_statements())
        execute(tx, read:create_statements())
        again = ask(tx, shape)
        tx:abort "nothing is left"
      end)

      check(shape, made)
      assert.equal(made, again)
    end)
  end
end)
