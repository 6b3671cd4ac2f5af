-- first_row.lua - W7: a process that asks for one row.
local mp = require "moonpool"

local db <close> = mp.engine()
assert(db:value "select 1" == 1)
