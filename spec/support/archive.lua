-- archive.lua - package archives for specs: a database of its own, migrated, and indexes to import.
local mp = require "moonpool"

local archive = {}

local SPEC_URL = os.getenv "MOONPOOL_SPEC_URL" or os.getenv "DATABASE_URL"

local function url_of(database)
  local url, count = SPEC_URL:gsub("/spec%?", "/" .. database .. "?", 1)
  assert(count == 1, "the specs' URL names another database than spec")
  return url
end

---Makes a fresh database and gives an engine for it; `migrated = false` leaves it empty.
---@async
---@param database string
---@param options { migrated: boolean? }?
function archive.open(database, options)
  local control <close> = mp.engine(SPEC_URL, { pool = { max = 1 } })
  control:exec(("drop database if exists %s with (force)"):format(database))
  control:exec(("create database %s"):format(database))
  local db = mp.engine(url_of(database), { pool = { max = 4 } })
  if not (options and options.migrated == false) then
    mp.migrations(db, { path = "migrations" }):upgrade "head"
  end
  return db
end

---@async
function archive.drop(db, database)
  db:close()
  local control <close> = mp.engine(SPEC_URL, { pool = { max = 1 } })
  control:exec(("drop database if exists %s with (force)"):format(database))
end

---A stanza; every field but the name has a value of its own.
---@param name string
---@param fields table<string, string>?  by the field's name; "" leaves a field out
---@return string
function archive.stanza(name, fields)
  local all = {
    Version = "1.0", Architecture = "amd64", Description = name .. " does things",
    Maintainer = "A Team <team@example.org>", Section = "misc", Priority = "optional",
  }
  for key, value in pairs(fields or {}) do all[key] = value end
  local names, lines = {}, { "Package: " .. name }
  for key in pairs(all) do names[#names + 1] = key end
  table.sort(names)
  for _, key in ipairs(names) do
    if all[key] ~= "" then lines[#lines + 1] = key .. ": " .. all[key] end
  end
  return table.concat(lines, "\n") .. "\n"
end

---What the importer reads an index through.
---@param stanzas string[]
---@param size integer?  bytes of a chunk
---@return fun(): string?
function archive.reader(stanzas, size)
  local text, position = table.concat(stanzas, "\n"), 1
  return function()
    if position > #text then return nil end
    local chunk = text:sub(position, position + (size or 4096) - 1)
    position = position + #chunk
    return chunk
  end
end

return archive
