-- eager_objects.lua - W5: five hundred parents and, with them, their ten children each.
package.path = arg[0]:match "^(.*/)" .. "?.lua;" .. package.path
local bench = require "bench"
local models = require "models"
local mp = require "moonpool"

local db <close> = mp.engine()

bench.measure(function()
  local session <close> = db:session()
  local parents = session:select(models.Parent):with { "children" }:all()
  local count = #parents
  for _, parent in ipairs(parents) do count = count + #parent.children end
  return count
end)
