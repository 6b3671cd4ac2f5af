-- loader.lua - imports a whole index in one transaction: read, stage, merge.
local batch = require "import.batch"
local control_file = require "import.control_file"
local errors = require "moonpool.errors"
local merge = require "import.merge"
local mp = require "moonpool"
local package_entry = require "import.package_entry"
local staging = require "import.staging"

local loader = {}

local BATCH_PACKAGES = 1000
local TRY_LOCK = "select pg_try_advisory_xact_lock(hashtext('package archive import'))"

---@class import.Result
---@field packages integer
---@field groups integer
---@field alternatives integer
---@field skipped integer  stanzas that are no package
---@field changes import.Changes

-- Two imports at once would each remove what the other has just found.
local function lock(tx)
  if tx:value(TRY_LOCK) then return end
  errors.raise {
    kind = "bad_argument",
    message = "another import into this archive is running",
    hint = "wait for its end, then start again",
  }
end

-- It would remove every package, and with them what is watched.
local function refuse_empty(totals)
  if totals.packages > 0 then return end
  errors.raise {
    kind = "bad_argument",
    message = "the index has no packages; nothing was changed",
    hint = "is it a file of Debian control stanzas? apt-get update fetches the machine's index",
  }
end

-- Gives batches of entries until the index ends, then nil.
local function batches(read, totals, report)
  local next_stanza = control_file.stanzas(read)
  local entry_number = 0

  local function add(rows, fields, broken)
    entry_number = entry_number + 1
    local name = fields.package or ("stanza %d"):format(entry_number)
    for _, line in ipairs(broken or {}) do
      report(name, ("has a line that is no field: %q"):format(line))
    end
    local entry, problems = package_entry.read(fields)
    for _, problem in ipairs(problems) do report(name, problem) end
    if entry then
      rows:add(entry_number, entry)
    else
      totals.skipped = totals.skipped + 1
    end
  end

  return function()
    local rows = batch.new(mp.null)
    while rows.package_count < BATCH_PACKAGES do
      local fields, broken = next_stanza()
      if not fields then break end
      add(rows, fields, broken)
    end
    if rows.package_count > 0 then return rows end
  end
end

local function count(totals, rows)
  totals.packages = totals.packages + rows.package_count
  totals.groups = totals.groups + rows.group_count
  totals.alternatives = totals.alternatives + rows.alternative_count
end

-- The server stores one batch while the next one is read.
local function stage(tx, next_batch, totals, on_progress)
  local rows = next_batch()
  while rows do
    count(totals, rows)
    on_progress("staging", totals)
    local current = rows
    local _, following = mp.all(
      function() staging.add(tx, current) end,
      next_batch)
    rows = following
  end
end

---@class import.LoadOptions
---@field on_problem fun(package: string, problem: string)?  what is wrong with the index
---@field on_progress fun(phase: "staging" | "merging", totals: table)?

local function ignore() end

---Makes the archive equal to the index that `read` gives. All or nothing: an error or a crash
---leaves the archive as it was. Rows that are right already are not written.
---@async
---@param db any  an engine
---@param read fun(): string?  chunks of the index
---@param options import.LoadOptions?
---@return import.Result
function loader.load(db, read, options)
  local given = options or {}
  local report, on_progress = given.on_problem or ignore, given.on_progress or ignore
  local totals = { packages = 0, groups = 0, alternatives = 0, skipped = 0 }
  db:transaction(function(tx)
    lock(tx)
    staging.create(tx)
    stage(tx, batches(read, totals, report), totals, on_progress)
    refuse_empty(totals)
    on_progress("merging", totals)
    local changes, duplicates = merge.run(tx)
    for _, row in ipairs(duplicates) do
      report(row.name, ("stands twice as %s %s; the first one counts"):format(
        row.architecture, row.version))
    end
    totals.changes = changes
  end)
  return totals
end

return loader
