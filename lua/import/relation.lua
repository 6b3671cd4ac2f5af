-- relation.lua - parses relation fields of a stanza: groups of alternatives with bounds.
local find, gmatch, match = string.find, string.gmatch, string.match

---@class import.Alternative
---@field name string
---@field architecture string?  the qualifier, as in "python3:any"
---@field operator string?      << <= = >= >>; always together with version
---@field version string?
---@field restrictions string?  "[amd64 !i386] <!nocheck>", as written
---@field broken true?          name holds the text of an alternative that is none

local relation = {}

local NAME = "^%s*(%w[%w+._-]*)%s*$"
local WITH_VERSION = "^%s*(%w[%w+._-]*)%s*%(%s*([<=>]+)%s*([^%s()<=>][^%s()]*)%s*%)%s*$"
local WITH_ALL = "^%s*(%w[%w+._-]*):?([%w-]*)%s*(%b())%s*(.-)%s*$"
local WITHOUT_VERSION = "^%s*(%w[%w+._-]*):?([%w-]*)%s*(.-)%s*$"
local RESTRICTIONS = { "^%b[]%s*", "^%b<>%s*" }

-- "<" and ">" are what old packages write; dpkg reads them so.
local OPERATORS = {
  ["<<"] = "<<", ["<="] = "<=", ["="] = "=", [">="] = ">=", [">>"] = ">>",
  ["<"] = "<=", [">"] = ">=",
}

local function are_restrictions(text)
  while text ~= "" do
    local _, last = find(text, RESTRICTIONS[1])
    if not last then _, last = find(text, RESTRICTIONS[2]) end
    if not last then return false end
    text = text:sub(last + 1)
  end
  return true
end

local function present(text)
  if text ~= "" then return text end
end

-- The forms with an architecture or restrictions; rare, so they cost the others nothing.
local function parse_rare(text)
  local name, architecture, bound, rest = match(text, WITH_ALL)
  if not name then
    name, architecture, rest = match(text, WITHOUT_VERSION)
    bound = ""
  end
  if not name or not are_restrictions(rest) then return nil end

  local operator, version = match(bound, "^%(%s*([<=>]+)%s*([^%s()<=>][^%s()]*)%s*%)$")
  operator = OPERATORS[operator]
  if bound ~= "" and not operator then return nil end
  return {
    name = name, architecture = present(architecture), operator = operator,
    version = operator and version, restrictions = present(rest),
  }
end

-- nil when the text is no relation.
local function parse_alternative(text)
  local name, operator, version = match(text, WITH_VERSION)
  if name and OPERATORS[operator] then
    return { name = name, operator = OPERATORS[operator], version = version }
  end
  name = match(text, NAME)
  if name then return { name = name } end
  return parse_rare(text)
end

local function add_alternative(group, text, broken)
  local alternative = parse_alternative(text)
  if not alternative then
    alternative = { name = match(text, "^%s*(.-)%s*$"), broken = true }
    broken = broken or {}
    broken[#broken + 1] = alternative.name
  end
  group[#group + 1] = alternative
  return broken
end

---Parses the value of Depends, Conflicts, Provides and the like. What cannot be parsed is kept as a
---broken alternative, so that nothing is lost. Empty groups (a comma too many) are left out.
---@param text string
---@return import.Alternative[][] groups
---@return string[]? broken  the texts of the broken alternatives; nil when there are none
function relation.parse(text)
  local groups, count, broken = {}, 0, nil
  for group_text in gmatch(text, "[^,]+") do
    local group = {}
    if not find(group_text, "|", 1, true) then
      if find(group_text, "%S") then broken = add_alternative(group, group_text, broken) end
    else
      for alternative in gmatch(group_text .. "|", "([^|]*)|") do
        broken = add_alternative(group, alternative, broken)
      end
    end
    if group[1] then
      count = count + 1
      groups[count] = group
    end
  end
  return groups, broken
end

return relation
