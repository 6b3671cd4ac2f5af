-- staging_spec.lua - the statements that stage an index.
local batch = require "import.batch"
local staging = require "import.staging"

local function recorder()
  local statements = {}
  return {
    statements = statements,
    exec = function(_, sql, ...)
      statements[#statements + 1] = { sql = sql, count = select("#", ...) }
      return 0
    end,
  }
end

describe("import.staging", function()
  it("makes tables that end with the transaction", function()
    local tx = recorder()

    staging.create(tx)

    for index, name in ipairs { "incoming_packages", "incoming_dependencies" } do
      assert.matches("^create temporary table " .. name .. " %(.*%) on commit drop$",
        tx.statements[index].sql)
    end
  end)

  it("sends one array for each column, with its type", function()
    local tx = recorder()

    staging.add(tx, batch.new(false))

    assert.matches("^insert into incoming_packages %(entry, name, .*%) "
      .. "select %* from unnest%(%$1::int4%[%], %$2::text%[%], .*%$16::text%[%]%)$",
      tx.statements[1].sql)
    assert.equal(#batch.PACKAGE_COLUMNS, tx.statements[1].count)
    assert.equal(#batch.DEPENDENCY_COLUMNS, tx.statements[2].count)
  end)
end)
