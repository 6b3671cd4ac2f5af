-- loader.lua - imports a whole index in one transaction: read, stage, merge.
local batch = require "import.batch"
local control_file = require "import.control_file"
local encoding = require "import.encoding"
local errors = require "moonpool.errors"
local merge = require "import.merge"
local mp = require "moonpool"
local package_entry = require "import.package_entry"
local staging = require "import.staging"

local loader = {}

local BATCH_PACKAGES = 1000
local LOCK_SECONDS, LOCK_PAUSE_SECONDS = 10, 0.25
local TRY_LOCK = "select pg_try_advisory_xact_lock(hashtext('package archive import'))"

---@class import.Result
---@field packages integer
---@field groups integer
---@field alternatives integer
---@field skipped integer  stanzas that are no package
---@field changes import.Changes

-- Two imports at once would each remove what the other has just found. A crashed one may still hold
-- the lock until the server notices, so it is asked for again for a while.
local function lock(tx, seconds)
  for _ = 0, seconds, LOCK_PAUSE_SECONDS do
    if tx:value(TRY_LOCK) then return end
    mp.sleep(LOCK_PAUSE_SECONDS)
  end
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

-- The entry of a stanza, if it has one; what is wrong with it is reported.
local function read_entry(text, number, report)
  local repaired, problems = encoding.repair(text)
  local fields, broken = control_file.fields(repaired)
  local name = fields.package or ("stanza %d"):format(number)
  for _, lines in ipairs(broken or {}) do
    problems[#problems + 1] = ("has a line that is no field: %q"):format(lines:match "^[^\n]*")
  end
  local entry, more = package_entry.read(fields)
  table.move(more, 1, #more, #problems + 1, problems)
  for _, problem in ipairs(problems) do report(name, problem) end
  return entry
end

-- Gives batches of entries until the index ends, then nil.
local function batches(read, totals, report)
  local next_text = control_file.texts(read)
  local number = 0
  return function()
    local rows = batch.new(mp.null)
    for text in next_text do
      number = number + 1
      local entry = read_entry(text, number, report)
      if entry then
        rows:add(number, entry)
      else
        totals.skipped = totals.skipped + 1
      end
      if rows.package_count == BATCH_PACKAGES then break end
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
---@field lock_seconds number?  how long another import is waited for; 10 when left out
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
    lock(tx, given.lock_seconds or LOCK_SECONDS)
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
