-- loading_world.lua - random rows of tables that refer to each other, and what relations lead to.
local c = require "moonpool.column"
local mp = require "moonpool"

local world = {}

local function id()
  return c.int8("id", { primary_key = true })
end

local A = mp.model { "a", id(), mp.belongs_to("b", { table = "b", null = true }),
  mp.belongs_to("parent", { table = "a", null = true }),
  mp.has_many("children", { table = "a", order_by = "id" }),
  mp.has_many("ds", { table = "d", order_by = "id" }),
  mp.has_many("es", { table = "e", polymorphic = "of", order_by = "id" }),
  mp.many_to_many("cs", { table = "c", through = "a_c", order_by = "id" }) }
local B = mp.model { "b", id(), c.citext("code", { unique = true }),
  mp.has_many("as", { table = "a", order_by = "id" }),
  mp.has_one("first_d", { table = "d", column = "b_code", key = "code" }),
  mp.has_many("ds", { through = "as", source = "ds" }),
  mp.has_many("es", { table = "e", polymorphic = "of", order_by = "id" }) }
local C = mp.model { "c", id(), mp.many_to_many("as", { table = "a", through = "a_c",
  order_by = "id" }) }
local D = mp.model { "d", id(), mp.belongs_to("a", { table = "a", null = true }),
  mp.belongs_to("b", { table = "b", column = "b_code", key = "code", type = "citext", null = true,
    unique = true }) }
local E = mp.model { "e", id(), mp.belongs_to("of", { polymorphic = { "a", "b" }, null = true }) }
local AC = mp.model { "a_c", mp.belongs_to("a", { table = "a" }), mp.belongs_to("c",
  { table = "c" }), mp.primary_key { "a_id", "c_id" } }

world.models = { a = A, b = B, c = C, d = D, e = E }
world.tables = { B, A, C, D, E, AC }

-- model -> relation -> { kind, target }; `list` where it may have a limit.
world.relations = {
  a = { b = { target = "b" }, parent = { target = "a" }, children = { target = "a", list = true },
    ds = { target = "d", list = true }, es = { target = "e", list = true },
    cs = { target = "c", list = true } },
  b = { as = { target = "a", list = true }, first_d = { target = "d" },
    ds = { target = "d", list = true }, es = { target = "e", list = true } },
  c = { as = { target = "a", list = true } },
  d = { a = { target = "a" }, b = { target = "b" } },
  e = { of = { polymorphic = true } },
}

local function maybe(random, count)
  local at = random(0, count)
  return at > 0 and at or nil
end

-- The same word in another case: the server takes them for one.
local function code_of(random, at)
  local code = "code" .. at
  return random(2) == 1 and code or code:upper()
end

local function add_leaves(rows, random, size)
  local used = {}
  for at = 1, size * 2 do
    local b, of = maybe(random, size), maybe(random, size)
    if b and used[b] then b = nil end
    used[b or 0] = true
    rows.d[at] = { id = at, a_id = maybe(random, size), b = b, b_code = b and code_of(random, b) }
    rows.e[at] = { id = at, of_id = of, of_type = of and ({ "a", "b" })[random(2)] or nil }
  end
end

local function add_pairs(rows, random, size)
  for a = 1, size do
    for other = 1, size do
      if random(3) == 1 then rows.pairs[#rows.pairs + 1] = { a = a, c = other } end
    end
  end
end

local function random_rows(random, size)
  local rows = { a = {}, b = {}, c = {}, d = {}, e = {}, pairs = {} }
  for at = 1, size do
    rows.b[at] = { id = at, code = code_of(random, at) }
    rows.c[at] = { id = at }
    rows.a[at] = { id = at, b_id = maybe(random, size), parent_id = maybe(random, at - 1) }
  end
  add_leaves(rows, random, size)
  add_pairs(rows, random, size)
  return rows
end

local function fill(db, rows)
  db:exec "truncate a, b, c, d, e, a_c"
  db:many("insert into b values ($1, $2)", (function()
    local list = {}
    for at, row in ipairs(rows.b) do list[at] = { row.id, row.code } end
    return list
  end)())
  for _, row in ipairs(rows.a) do
    db:exec("insert into a values ($1, $2, $3)", row.id, row.b_id, row.parent_id)
  end
  for _, row in ipairs(rows.c) do db:exec("insert into c values ($1)", row.id) end
  for _, row in ipairs(rows.d) do
    db:exec("insert into d values ($1, $2, $3)", row.id, row.a_id, row.b_code)
  end
  for _, row in ipairs(rows.e) do
    db:exec("insert into e values ($1, $2, $3)", row.id, row.of_type, row.of_id)
  end
  for _, pair in ipairs(rows.pairs) do
    db:exec("insert into a_c values ($1, $2)", pair.a, pair.c)
  end
end

local function ids_where(list, fits)
  local ids = {}
  for _, row in ipairs(list) do
    if fits(row) then ids[#ids + 1] = row.id end
  end
  return ids
end

-- For each relation: the ids that it leads to, in order.
local REFERENCE = {
  a = {
    b = function(rows, id_of) return { rows.a[id_of].b_id } end,
    parent = function(rows, id_of) return { rows.a[id_of].parent_id } end,
    children = function(rows, id_of)
      return ids_where(rows.a, function(row) return row.parent_id == id_of end)
    end,
    ds = function(rows, id_of)
      return ids_where(rows.d, function(row) return row.a_id == id_of end)
    end,
    es = function(rows, id_of)
      return ids_where(rows.e, function(row)
        return row.of_type == "a" and row.of_id == id_of
      end)
    end,
    cs = function(rows, id_of)
      local ids = {}
      for _, pair in ipairs(rows.pairs) do
        if pair.a == id_of then ids[#ids + 1] = pair.c end
      end
      return ids
    end,
  },
  b = {
    as = function(rows, id_of)
      return ids_where(rows.a, function(row) return row.b_id == id_of end)
    end,
    first_d = function(rows, id_of)
      return ids_where(rows.d, function(row) return row.b == id_of end)
    end,
    ds = function(rows, id_of)
      return ids_where(rows.d, function(row)
        return row.a_id ~= nil and rows.a[row.a_id].b_id == id_of
      end)
    end,
    es = function(rows, id_of)
      return ids_where(rows.e, function(row)
        return row.of_type == "b" and row.of_id == id_of
      end)
    end,
  },
  c = { as = function(rows, id_of)
    local ids = {}
    for _, pair in ipairs(rows.pairs) do
      if pair.c == id_of then ids[#ids + 1] = pair.a end
    end
    return ids
  end },
  d = {
    a = function(rows, id_of) return { rows.d[id_of].a_id } end,
    b = function(rows, id_of) return { rows.d[id_of].b } end,
  },
  e = { of = function(rows, id_of) return { rows.e[id_of].of_id } end },
}

---@return integer[]  the ids that a relation of a row leads to
function world.expected(rows, model, relation, id_of)
  return REFERENCE[model][relation](rows, id_of)
end

---New random rows in the tables.
---@async
function world.fill(db, random, size)
  local rows = random_rows(random, size)
  fill(db, rows)
  return rows
end

return world
