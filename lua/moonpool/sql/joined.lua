-- Joins in brackets: `left_join(mp.joined(p):join(k, on), condition)`; immutable.
local join = require "moonpool.sql.join"
local select = require "moonpool.sql.select"
local source = require "moonpool.sql.source"

---@class moonpool.sql.Joined
---@field source moonpool.sql.Source
local Joined = { __name = "moonpool.Joined" }
Joined.__index = Joined

-- A select knows how tables are joined.
local function of(query)
  return setmetatable({ query = query,
    source = source.joined(query.sources[1], query.joins) }, Joined)
end

for name, method in pairs(join.methods) do
  Joined[name] = function(self, ...) return of(method(self.query, ...)) end
end

function Joined.__newindex()
  error("joins cannot be changed; use their methods", 2)
end

---@param table_like any  the first table
---@return moonpool.sql.Joined
return function(table_like)
  return of(select():from(table_like))
end
