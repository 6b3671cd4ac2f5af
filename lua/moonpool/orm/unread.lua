-- Relations of stored objects that the program has replaced without loading them: what they held is
-- read by the flush, all of it in one round trip.
local errors = require "moonpool.errors"
local level = require "moonpool.orm.loading.level"
local plan = require "moonpool.orm.loading.plan"

local unread = {}

---Raises `not_loaded` where something is left to be read.
---@param work moonpool.orm.flush.Work
function unread.check(work)
  local first = work.unread[1]
  if not first then return end
  local table_name, name = first.record.owner.table.name, first.record.name
  errors.raise { kind = "not_loaded", table = table_name,
    message = ("%s.%s was set without being loaded: what it held is not known"):format(
      table_name, name),
    hint = ('load it first: object:load "%s"; a flush does so by itself'):format(name) }
end

-- Objects by relation, in the order in which they were met.
local function starts_of(list)
  local starts, by_record = {}, {}
  for _, one in ipairs(list) do
    local record = one.record
    local start = by_record[record]
    if not start then
      start = { model = record.owner, objects = {}, nodes = plan.new(record.owner, record.name) }
      starts[#starts + 1], by_record[record] = start, start
    end
    start.objects[#start.objects + 1] = one.object
  end
  return starts
end

---Read what these relations hold; what the program has set stays.
---@async
---@param session moonpool.Session
---@param work moonpool.orm.flush.Work
function unread.load(session, work)
  level.run(session, starts_of(work.unread), { tenant = session.tenant })
end

return unread
