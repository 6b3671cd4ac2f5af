-- main.lua - imports the machine's package index: moonpool run lua/import/main.lua [FILE]
local loader = require "import.loader"
local mp = require "moonpool"
local progress = require "import.progress"
local source = require "import.source"
local system = require("moonpool.driver").system
local text_table = require "import.text_table"

local MOST_PROBLEMS_SHOWN, MOST_BYTES_SHOWN = 20, 200

local function peak_memory_mib()
  local file <close> = io.open "/proc/self/status"
  local kib = file and file:read("a"):match "VmHWM:%s*(%d+)"
  return kib and kib // 1024
end

local function problem_reporter(display)
  local count = 0
  local function report(package, problem)
    count = count + 1
    if count > MOST_PROBLEMS_SHOWN then return end
    display:finish()
    local line = ("import: %s %s"):format(package, problem:sub(1, MOST_BYTES_SHOWN))
    io.stderr:write((line:gsub("%c", "?")), "\n")
  end
  local function summary()
    if count <= MOST_PROBLEMS_SHOWN then return end
    io.stderr:write(("import: and %d more problems\n"):format(count - MOST_PROBLEMS_SHOWN))
  end
  return report, summary
end

local function change_rows(changes)
  local rows = {}
  for _, name in ipairs { "packages", "dependencies", "maintainers" } do
    local change = changes[name]
    rows[#rows + 1] = {
      name, change.added, change.updated or 0, change.moved or 0, change.removed,
    }
  end
  return rows
end

local function print_totals(name, result, seconds)
  print(("%s: %d packages, %d relation groups, %d alternatives%s"):format(
    name, result.packages, result.groups, result.alternatives,
    result.skipped > 0 and (", %d left out"):format(result.skipped) or ""))
  local columns = { "table", "added", "updated", "new version", "removed" }
  for _, line in ipairs(text_table.lines(columns, change_rows(result.changes))) do print(line) end
  print(("%d rows written in %.1f s; peak memory %s MiB"):format(
    result.changes.total, seconds, peak_memory_mib() or "?"))
end

local function main(path)
  local display = progress.new {
    stream = io.stderr, is_terminal = system.isatty(2), clock = system.hrtime,
  }
  local report, summary = problem_reporter(display)
  local db <close> = mp.engine()
  local index <close> = source.open(path)
  display:phase("import: reading " .. index.name)

  local result = loader.load(db, index.read, {
    on_problem = report,
    on_progress = function(phase, totals)
      if phase == "merging" then
        display:phase(("import: merging %d packages"):format(totals.packages))
      else
        display:update("import: %d packages read", totals.packages)
      end
    end,
  })

  display:finish()
  summary()
  print_totals(index.name, result, display:elapsed())
end

main(...)
