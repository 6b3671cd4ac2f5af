-- Operations that need their word before anything is sent: found in plans, refused together; pure.
local errors = require "moonpool.errors"
local operations = require "moonpool.migration.operations"

---@class moonpool.migration.Hazard
---@field code string  such as "MP15"
---@field reason string
---@field file string?
---@field line integer?
---@field operation string

local hazards = {}

local function holds(list, code)
  for _, allowed in ipairs(list or {}) do
    if allowed == code or allowed == "all" then return true end
  end
  return false
end

local function is_accepted(operation, record, hazard, allow)
  if hazard.accepted_by and operation.options[hazard.accepted_by] == "accepted" then return true end
  return holds(operation.options.allow, hazard.code) or holds(record.allow, hazard.code)
    or holds(allow, hazard.code)
end

-- What a migration made itself holds no data and no one's code yet.
local function is_new(operation, created)
  return created[operation.arguments.table] == true
end

local function find_in(plan, allow, found)
  local created = {}
  for _, operation in ipairs(plan.operations) do
    local hazard = operations.get(operation.name).hazard
    if operation.name == "create_table" then created[operation.arguments.table] = true end
    if hazard and not is_new(operation, created)
      and not is_accepted(operation, plan.revision, hazard, allow) then
      found[#found + 1] = {
        code = hazard.code,
        reason = hazard.reason,
        file = operation.file,
        line = operation.line,
        operation = operations.summary(operation),
        word = hazard.accepted_by and ("%s = \"accepted\""):format(hazard.accepted_by)
          or ("allow = { %q }"):format(hazard.code),
      }
    end
  end
end

---@param plans moonpool.migration.Plan[]
---@param allow string[]?  codes accepted for this run; "all" accepts every one
---@return moonpool.migration.Hazard[]
function hazards.find(plans, allow)
  local found = {}
  for _, plan in ipairs(plans) do find_in(plan, allow, found) end
  return found
end

---Raise `migration` with `reason = "hazard"` and the list in `hazards`, when there are any.
---@param found moonpool.migration.Hazard[]
function hazards.refuse(found)
  if #found == 0 then return end
  local lines = {}
  for index, hazard in ipairs(found) do
    lines[index] = ("  %s:%d: %s %s: %s (%s)"):format(
      hazard.file, hazard.line or 1, hazard.code, hazard.operation, hazard.reason, hazard.word)
  end
  errors.raise {
    kind = "migration",
    reason = "hazard",
    message = ("nothing was sent; %d operation%s must be accepted first:\n%s"):format(
      #found, #found == 1 and "" or "s", table.concat(lines, "\n")),
    hint = "write the words in brackets as the operation's options, or allow its code for this run",
    hazards = found,
  }
end

return hazards
