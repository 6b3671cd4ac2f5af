-- What binds how tightly in PostgreSQL's grammar, and so where brackets must stand.
local precedence = {}

local LEVELS = {
  ["or"] = 1, ["and"] = 2, ["not"] = 3, comparison = 4, other = 5, sum = 6, product = 7,
  power = 8, zone = 9, collate = 10, unary = 11, subscript = 12, cast = 13,
}
precedence.LEVELS = LEVELS
precedence.ATOM = 20

local OPERATORS = {
  ["or"] = "or", ["and"] = "and", ["+"] = "sum", ["-"] = "sum",
  ["*"] = "product", ["/"] = "product", ["%"] = "product", ["^"] = "power",
}
-- Comparisons, LIKE, IN and IS have three neighbouring levels; nobody remembers them, so that one
-- inside another is always bracketed.
for operator in ([[= <> < > <= >= like|not like|ilike|not ilike|in|not in|is distinct from
  |is not distinct from|similar to|not similar to]]):gsub("\n%s*", ""):gmatch "[^|]+" do
  OPERATORS[operator] = "comparison"
end
for operator in ("= <> < > <= >= like"):gmatch "%S+" do OPERATORS[operator] = "comparison" end

-- a -> b ->> c reads well without brackets.
local PATHS = { ["->"] = true, ["->>"] = true }

-- A sign binds tighter than a power in PostgreSQL and looser everywhere else: it gets brackets.
local KINDS = { ["not"] = "not", between = "comparison", is = "comparison", negate = "product",
  collate = "collate", zone = "zone", subscript = "subscript", cast = "cast" }

-- Nobody knows what binds how in SQL text, except that a name or one call is a unit.
local function is_atomic_text(fragment)
  local only = #fragment.arguments == 0 and fragment.texts[1]
  if only and only:lower():find "^not%f[%W]" then return false end
  return only and (only:find "^[%w_.]+$" or only:find "^[%w_.]+%b()$") ~= nil
end

---@param node table
---@return integer
function precedence.of(node)
  local kind = node.kind
  if kind == "fragment" then return is_atomic_text(node) and precedence.ATOM or 0 end
  if kind == "label" then return precedence.of(node.operand) end
  local level = kind == "binary" and (OPERATORS[node.operator] or "other") or KINDS[kind]
  return level and LEVELS[level] or precedence.ATOM
end

local LOGIC = { ["and"] = true, ["or"] = true }
local SUMS = { sum = true, product = true }

-- All of these are read from the left.
local function chains(name, node)
  if name ~= "other" then return SUMS[name] end
  local left = node.left
  return left.kind == "binary" and (PATHS[left.operator] or left.operator == node.operator)
end

---The level that an operand must be above to stand without brackets.
---@param node table  a binary one
---@return integer left
---@return integer right
function precedence.operands(node)
  local name = OPERATORS[node.operator] or "other"
  local level = LEVELS[name]
  if LOGIC[name] then return level - 1, level - 1 end
  return chains(name, node) and level - 1 or level, level
end

return precedence
