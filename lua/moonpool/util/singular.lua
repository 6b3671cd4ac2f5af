-- The singular of an English table name: users -> user, categories -> category; pure.

local IRREGULAR = { people = "person", children = "child", men = "man", women = "woman",
  mice = "mouse", feet = "foot", teeth = "tooth", geese = "goose", series = "series",
  species = "species", news = "news", movies = "movie", cookies = "cookie", ties = "tie",
  aliases = "alias", statuses = "status", buses = "bus", indices = "index", caches = "cache" }

-- The first that fits decides.
local ENDINGS = {
  { "ss$", "ss" }, { "us$", "us" }, { "is$", "is" }, { "ies$", "y" }, { "zzes$", "z" },
  { "sses$", "ss" }, { "xes$", "x" }, { "([cs]h)es$", "%1" }, { "s$", "" },
}

---Only the last word of a name changes: `order_lines` -> `order_line`.
---@param name string
---@return string
return function(name)
  local before, word = name:match "^(.*_)([^_]*)$"
  before, word = before or "", word or name
  if IRREGULAR[word] then return before .. IRREGULAR[word] end
  for _, ending in ipairs(ENDINGS) do
    if word:find(ending[1]) then return before .. word:gsub(ending[1], ending[2], 1) end
  end
  return name
end
