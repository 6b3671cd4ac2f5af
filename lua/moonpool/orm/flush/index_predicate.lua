-- Which rows a partial index holds, as far as its condition is simple enough to be told here:
-- columns that are true, NULL or equal to a constant, and all of several such; pure.
local value_module = require "moonpool.orm.value"

local index_predicate = {}

---@alias moonpool.orm.flush.Predicate fun(read: fun(name: string): any): boolean

local NAME = "([%a_][%w_]*)"

local function is_true(name) return function(read) return read(name) == true end end

-- In order: the first pattern that fits says what the term means.
local TERMS = {
  { "^" .. NAME .. "%s+is%s+null$", function(name)
    return function(read) return read(name) == nil end
  end },
  { "^" .. NAME .. "%s+is%s+not%s+null$", function(name)
    return function(read) return read(name) ~= nil end
  end },
  { "^not%s+" .. NAME .. "$", function(name)
    return function(read) return read(name) == false end
  end },
  { "^" .. NAME .. "%s*=%s*true$", is_true },
  { "^" .. NAME .. "%s*=%s*false$", function(name)
    return function(read) return read(name) == false end
  end },
  { "^" .. NAME .. "%s*=%s*'([^']*)'$", function(name, text)
    return function(read) return read(name) == text end
  end },
  { "^" .. NAME .. "%s*=%s*(%-?%d+)$", function(name, text)
    local number = math.tointeger(tonumber(text))
    return function(read) return value_module.same(read(name), number) end
  end },
  { "^" .. NAME .. "$", is_true },
}

local function bare(text)
  text = text:match "^%s*(.-)%s*$"
  local inner = text:match "^%(([^()]*)%)$"
  return inner and bare(inner) or text
end

-- Keywords and names in small letters, a text at the end as it is.
local function folded(text)
  local head, rest = text:match "^([^']*)(.*)$"
  return head:lower() .. rest
end

local function term_of(text, columns)
  text = folded(bare(text))
  for _, term in ipairs(TERMS) do
    local name, constant = text:match(term[1])
    if name and columns[name] then return term[2](name, constant), name end
  end
end

---@param sql string
---@param columns table<string, any>  of the table, by name
---@return moonpool.orm.flush.Predicate?  nil where nobody here can tell
---@return string[] names  of the columns that it looks at
function index_predicate.read(sql, columns)
  local tests, names = {}, {}
  for part in (sql:gsub("%f[%a][aA][nN][dD]%f[%A]", "\0") .. "\0"):gmatch "(.-)%z" do
    local test, name = term_of(part, columns)
    if not test then return nil, {} end
    tests[#tests + 1], names[#names + 1] = test, name
  end
  return function(read)
    for _, test in ipairs(tests) do
      if not test(read) then return false end
    end
    return true
  end, names
end

return index_predicate
