-- An enum type as data: its labels in their order.
local given_module = require "moonpool.schema.given"
local object = require "moonpool.schema.object"

local enum = {}

local MAX_LABEL = 63

local function read_label(what, given)
  local label, old = given, nil
  if type(given) == "table" then label, old = given[1], given.renamed_from end
  local fits = type(label) == "string" and label ~= "" and #label <= MAX_LABEL
    and not label:find("\0", 1, true)
  if not fits then
    given_module.refuse(what, "a label is no string of 1 to 63 bytes", '{ "draft", "live" }')
  end
  return label, old
end

---@param name string  `"mood"` or `"app.mood"`
---@param labels (string | { [1]: string, renamed_from: string })[]
---@param given { schema: string?, comment: string? }?
---@return moonpool.schema.Object  with `labels`, and `renamed` (new label to old)
function enum.new(name, labels, given)
  local what = object.what("enum", name)
  if type(labels) ~= "table" or #labels == 0 then
    given_module.refuse(what, "it has no labels", 'mp.enum("mood", { "low", "high" })')
  end
  local self = object.new("enum", name, given, {})
  self.labels, self.renamed = {}, {}
  local seen = {}
  for at, item in ipairs(labels) do
    local label, old = read_label(what, item)
    if seen[label] then
      given_module.refuse(what, ('the label "%s" stands twice'):format(label), "remove one of them")
    end
    seen[label], self.labels[at], self.renamed[label] = true, label, old
  end
  return self
end

return enum
