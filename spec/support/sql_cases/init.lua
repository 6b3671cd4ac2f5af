-- init.lua - cases of the query builder as data: a name, what builds the query, its text, and its
-- parameters. They are compared on stock Lua, and prepared on a server.
local models = require "spec.support.sql_cases.models"
local mp = require "moonpool"

local cases = {}

---@class spec.SqlCase
---@field [1] string  what it shows
---@field [2] fun(): table  builds the query
---@field [3] string  its text
---@field [4] any[]?  its parameters
---@field needs integer?  the server's version from which it can be prepared

cases.TOPICS = { "comparisons", "precedence", "arithmetic", "text_patterns", "json", "sql_json",
  "containers", "functions", "windows", "clauses", "joins", "sources", "subqueries", "ctes",
  "set_operations", "groupings", "inserts", "writes", "parts", "texts" }

-- The models, and each under the alias by which cases speak of it.
local function tables()
  return setmetatable({
    u = models.User:as "u", g = models.Team:as "g", p = models.Post:as "p",
    k = models.Comment:as "k", e = models.Event:as "e", d = models.Category:as "d",
    b = models.Booking:as "b", h = models.Thing:as "h", o = models.Odd:as "o",
    l = models.Entry:as "l", s = models.Setting:as "s",
  }, { __index = models })
end

---@param topic string
---@return spec.SqlCase[]
function cases.load(topic)
  return require("spec.support.sql_cases." .. topic)(mp, tables())
end

return cases
