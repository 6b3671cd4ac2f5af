-- insert_objects.lua - W5: ten thousand objects inserted by one flush, their keys read back.
package.path = arg[0]:match "^(.*/)" .. "?.lua;" .. package.path
local bench = require "bench"
local models = require "models"
local mp = require "moonpool"

local db <close> = mp.engine()
local rows = {}
for i = 1, 10000 do
  rows[i] = { name = "customer name " .. i, description = "customer description " .. i }
end
db:exec "truncate bench_customer restart identity"

local watch = bench.start()
local session <close> = db:session()
local customers = {}
for i, row in ipairs(rows) do
  customers[i] = models.Customer(row)
  session:add(customers[i])
end
session:commit()
bench.report(watch, #rows)
for i, customer in ipairs(customers) do assert(customer.id == i) end
