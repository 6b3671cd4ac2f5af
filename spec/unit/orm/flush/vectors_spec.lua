-- moonpool.orm.flush.vectors: the values of a column for many rows, as one parameter.
local c = require "moonpool.column"
local columns = require "moonpool.orm.flush.columns"
local model = require "moonpool.orm.model"
local null = require "moonpool.null"
local sql = require "moonpool.orm.flush.sql"
local vectors = require "moonpool.orm.flush.vectors"

local Row = model.new { "v_rows", c.int8("id", { primary_key = true }), c.jsonb "doc",
  c.array("tags", "text", {}), c.array("days", "date", {}), c.json "text" }

local function vector(name)
  return vectors.of(columns.of(Row).by_name[name])
end

describe("moonpool.orm.flush.vectors", function()
  it("sends plain columns as arrays of their type", function()
    local list = { 1, 2, null }
    assert.equal("int8", vector("id").element)
    assert.equal(list, vectors.pack(vector "id", list))
  end)

  it("writes arrays as texts that the server reads", function()
    local packed = vectors.pack(vector "tags", { { "a", 'quote " and \\', "" }, {}, null,
      { null, "NULL", "x,y" } })

    assert.same({ '{"a","quote \\" and \\\\",""}', "{}", null, '{NULL,"NULL","x,y"}' }, packed)
  end)

  it("leaves to single rows what does not fit", function()
    assert.is_nil(vector "days")
    assert.is_nil(vector "text")
    assert.is_nil(vectors.pack(vector "tags", { { { "nested" } } }))
    assert.is_nil(vectors.pack(vector "tags", { { lower = 3, "a" } }))
    assert.is_nil(vectors.pack(vector "tags", { { 1.5 } }))
    assert.is_nil(vectors.pack(vector "doc", { io.stdout }))
  end)

  it("puts documents into one JSON array, beside the arrays", function()
    local list = { vector "id", vector "doc", vector "tags" }

    assert.equal("insert into v_rows (id, doc, tags) select v1, nullif(v2, 'null'::jsonb), "
      .. "v3::text[] from rows from (unnest($1::int8[], $3::text[]), "
      .. "jsonb_array_elements($2::jsonb)) as given(v1, v3, v2)",
      sql.insert_rows("v_rows", { "id", "doc", "tags" }, list, {}))
    assert.equal("insert into v_rows (id) select * from unnest($1::int8[])",
      sql.insert_rows("v_rows", { "id" }, { vector "id" }, {}))
  end)
end)
