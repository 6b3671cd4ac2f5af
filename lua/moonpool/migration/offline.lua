-- The SQL script of a range of migrations for a database that is not at hand; pure.
local apply = require "moonpool.migration.apply"
local errors = require "moonpool.errors"
local hazards = require "moonpool.migration.hazards"
local path = require "moonpool.migration.path"
local plan = require "moonpool.migration.plan"
local target = require "moonpool.migration.target"
local version_table = require "moonpool.migration.version_table"

local offline = {}

local PATH = { upgrade = path.upgrade, downgrade = path.downgrade }

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function read_range(range, direction)
  local from, to = tostring(range):match("^([^:]*):([^:]*)$")
  if from then return from ~= "" and from or "base", to ~= "" and to or "head" end
  if direction == "downgrade" then
    refuse("without a server a downgrade needs its start",
      ("say it as a range, such as head:%s"):format(range))
  end
  return "base", range
end

local function settled(graph, text, direction)
  local goal = target.read(graph, text, direction)
  if goal.steps then
    refuse(("target %q depends on where the database is"):format(text), "name the revision")
  end
  return goal
end

-- A last line with a comment could hide the semicolon, so that one gets a line of its own.
local function terminated(sql)
  if sql:find("%-%-[^\n]*$") then return sql .. "\n;" end
  return sql:find(";%s*$") and sql or sql .. ";"
end

local function append_plan(lines, one, options)
  lines[#lines + 1] = ("-- %s %s: %s"):format(
    one.direction, one.revision.revision, ((one.revision.message or ""):gsub("%c", " ")))
  lines[#lines + 1] = "begin;"
  lines[#lines + 1] = apply.lock_timeout_statement(options.lock_timeout) .. ";"
  for _, statement in ipairs(one.statements) do lines[#lines + 1] = terminated(statement.sql) end
  lines[#lines + 1] = version_table.move(one.direction, one.revision) .. ";"
  lines[#lines + 1] = "commit;\n"
end

---@param graph moonpool.RevisionGraph
---@param range string  a target from the base, or `A:B`
---@param direction "upgrade" | "downgrade"
---@param options { lock_timeout: number | false, allow: string[]? }
---@return string
function offline.script(graph, range, direction, options)
  local from, to = read_range(range, direction)
  local applied = graph:ancestors(from == "base" and {} or settled(graph, from, "downgrade").ids)
  local goal = settled(graph, to, direction)
  local plans = plan.all(PATH[direction](graph, applied, goal), direction)
  hazards.refuse(hazards.find(plans, options.allow))
  local lines = {}
  if direction == "upgrade" then
    for _, sql in ipairs(version_table.create_statements()) do lines[#lines + 1] = sql .. ";" end
    lines[#lines + 1] = ""
  end
  for _, one in ipairs(plans) do append_plan(lines, one, options) end
  return table.concat(lines, "\n")
end

return offline
