-- batch_spec.lua - how entries become arrays of columns.
local batch = require "import.batch"
local package_entry = require "import.package_entry"

local NULL = setmetatable({}, { __tostring = function() return "null" end })

local function entry(more)
  local fields = { package = "hello", version = "1.0", architecture = "amd64" }
  for name, value in pairs(more or {}) do fields[name] = value end
  return (package_entry.read(fields))
end

local function row(arrays, columns, position)
  local values = {}
  for index, column in ipairs(columns) do values[column[1]] = arrays[index][position] end
  return values
end

describe("import.batch", function()
  it("fills every column of a package, with null for what is not there", function()
    local rows = batch.new(NULL)

    rows:add(7, entry { section = "misc" })

    local package = row(rows.packages, batch.PACKAGE_COLUMNS, 1)
    assert.equal(7, package.entry)
    assert.equal("misc", package.section)
    assert.equal(NULL, package.homepage)
    assert.is_false(package.is_essential)
    for index = 1, #batch.PACKAGE_COLUMNS do assert.equal(1, #rows.packages[index]) end
  end)

  it("numbers groups within their kind and alternatives within their group", function()
    local rows = batch.new(NULL)

    rows:add(1, entry { depends = "a, b | c (>= 2)", suggests = "d" })

    local seen = {}
    for position = 1, rows.alternative_count do
      local d = row(rows.dependencies, batch.DEPENDENCY_COLUMNS, position)
      seen[position] = ("%s %d.%d %s %s %s"):format(d.kind, d.group_number, d.alternative_number,
        d.target, tostring(d.operator), tostring(d.version))
    end
    assert.same({
      "depends 1.1 a null null",
      "depends 2.1 b null null",
      "depends 2.2 c >= 2",
      "suggests 1.1 d null null",
    }, seen)
  end)

  it("counts packages, groups and alternatives", function()
    local rows = batch.new(NULL)

    rows:add(1, entry { depends = "a, b | c" })
    rows:add(2, entry())

    assert.equal(2, rows.package_count)
    assert.equal(2, rows.group_count)
    assert.equal(3, rows.alternative_count)
  end)

  it("keeps what a broken alternative says", function()
    local rows = batch.new(NULL)

    rows:add(1, entry { breaks = "a (" })

    local d = row(rows.dependencies, batch.DEPENDENCY_COLUMNS, 1)
    assert.equal("a (", d.target)
    assert.is_true(d.is_broken)
  end)
end)
