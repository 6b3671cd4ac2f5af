-- update_objects.lua - W5: a thousand loaded objects updated by one flush, and the commit.
package.path = arg[0]:match "^(.*/)" .. "?.lua;" .. package.path
local bench = require "bench"
local models = require "models"
local mp = require "moonpool"

local db <close> = mp.engine()
local session <close> = db:session()
local items = session:select(models.Item):where(mp.sql "id % 10 = 1"):all()

local watch = bench.start()
for _, item in ipairs(items) do item.quantity = 1000 + math.random(0, 999) end
session:commit()
bench.report(watch, #items)
