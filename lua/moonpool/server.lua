-- server.lua - what an engine is connected to.
local server = {}

local QUERY = [[
  select current_setting('server_version') as version,
    current_setting('server_version_num')::int as number, pg_is_in_recovery() as is_standby]]

-- Kept until a connection is lost: whatever answers then may be another one.
local known = setmetatable({}, { __mode = "k" })

---The server: `version` as text ("15.18"), `number` to compare (150018), `is_standby`.
---@async
---@return { version: string, number: integer, is_standby: boolean }
function server.of(engine)
  local losses = engine:pool():losses()
  local entry = known[engine]
  if not entry or entry.losses ~= losses then
    local row = engine:one(QUERY)
    row.version = row.version:match "^%S+"
    entry = { losses = losses, row = row }
    known[engine] = entry
  end
  return { version = entry.row.version, number = entry.row.number,
    is_standby = entry.row.is_standby }
end

return server
