-- reports.lua - what the archive knows, asked concurrently: moonpool run lua/import/reports.lua
local Maintainers = require "repositories.maintainer_repository"
local Packages = require "repositories.package_repository"
local mp = require "moonpool"
local system = require("moonpool.driver").system
local text_table = require "import.text_table"

local LIBRARY, WORDS = "libpq5", "postgresql"
local TOP, PAGE_SIZE = 15, 25
local SHOWN = 5

---@class import.Report
---@field title string
---@field columns string[]
---@field rows any[][]

local reports = {}

function reports.most_depended_on(db)
  local rows = {}
  for index, row in ipairs(Packages:using(db):most_depended_on(TOP)) do
    rows[index] = { row.name, row.dependents }
  end
  return {
    title = "The packages that most others depend on",
    columns = { "package", "dependents" }, rows = rows,
  }
end

function reports.dependents(db)
  local names = Packages:using(db):dependents_of(LIBRARY)
  local rows = {}
  for index = 1, math.min(#names, TOP) do rows[index] = { names[index] } end
  return {
    title = ("%d packages depend on %s, directly or through others; the first of them"):format(
      #names, LIBRARY),
    columns = { "package" }, rows = rows,
  }
end

function reports.maintainers(db)
  local rows = {}
  for index, row in ipairs(Maintainers:using(db):with_most_packages(TOP)) do
    rows[index] = { row.name, row.packages }
  end
  return {
    title = "The maintainers with the most packages",
    columns = { "maintainer", "packages" }, rows = rows,
  }
end

-- Objects of one session, and what belongs to them: two round trips, however many there are.
function reports.objects(db)
  local names, rows = {}, {}
  for index, row in ipairs(Packages:using(db):most_depended_on(SHOWN)) do
    names[index] = row.name
  end
  local session <close> = db:session { read_only = true }
  for index, package in ipairs(Packages.load(session, names)) do
    rows[index] = {
      package:title(), package.maintainer and package.maintainer.name or "", #package.dependencies,
    }
  end
  return {
    title = "The first of them, their maintainer and how much they need themselves",
    columns = { "package", "maintainer", "relations" }, rows = rows,
  }
end

-- Each page goes on where the one before it ended; none is counted or skipped over.
function reports.search(db)
  local found, rows, packages = Packages:using(db):search(WORDS), {}, 0
  local cursor
  repeat
    local page = found:page { size = PAGE_SIZE, after = cursor }
    local first, last = page.items[1], page.items[#page.items]
    if first then rows[#rows + 1] = { #rows + 1, #page.items, first.name, last.name } end
    packages, cursor = packages + #page.items, page.next
  until not cursor
  return {
    title = ("A walk over the %d packages that match %q, %d at a time"):format(
      packages, WORDS, PAGE_SIZE),
    columns = { "page", "packages", "first", "last" }, rows = rows,
  }
end

local function timed(report, db)
  return function()
    local started_at = system.hrtime()
    local result = report(db)
    result.seconds = system.hrtime() - started_at
    return result
  end
end

local function show(report)
  print(report.title)
  for _, line in ipairs(text_table.lines(report.columns, report.rows)) do print(line) end
  print(("  (%d rows, %.3f s)\n"):format(#report.rows, report.seconds))
end

local function main()
  local db <close> = mp.engine()
  local started_at = system.hrtime()

  local results = table.pack(mp.all(
    timed(reports.most_depended_on, db),
    timed(reports.objects, db),
    timed(reports.dependents, db),
    timed(reports.maintainers, db),
    timed(reports.search, db)))

  for _, report in ipairs(results) do show(report) end
  print(("5 reports at once in %.3f s"):format(system.hrtime() - started_at))
end

main()
