-- How revisions are listed: a line each, or a document with plain values.
local revision_list = {}

local function plain(step, output)
  local copy = {}
  for key, value in pairs(step) do copy[key] = value end
  copy.applied_at = step.applied_at and tostring(step.applied_at)
  copy.parents = step.parents and output:list(step.parents)
  return copy
end

local function line(step, marks)
  local words = { step.revision, step.message or "" }
  for _, mark in ipairs(marks(step)) do words[#words + 1] = mark end
  return table.concat(words, "  ")
end

---@param context moonpool.cli.Context
---@param steps table[]
---@param marks fun(step: table): string[]  what a line ends with
function revision_list.print(context, steps, marks)
  local documents, lines = {}, {}
  for index, step in ipairs(steps) do
    documents[index] = plain(step, context.output)
    lines[index] = line(step, marks)
  end
  context.output:result({ revisions = context.output:list(documents) }, lines)
end

return revision_list
