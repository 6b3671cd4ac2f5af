-- type_rows.lua - W3: the rows of pg_type, twelve columns each: type_rows.lua query|tuples
package.path = arg[0]:match "^(.*/)" .. "?.lua;" .. package.path
local bench = require "bench"
local mp = require "moonpool"

local SELECT = [[
  select typname, typnamespace, typowner, typlen, typbyval, typcategory,
    typispreferred, typisdefined, typdelim, typrelid, typelem, typarray
  from pg_type where typtypmod = $1 and typisdefined = $2
]]

local db <close> = mp.engine()
local method = assert(arg[1])

bench.measure(function()
  return #db[method](db, SELECT, -1, true)
end)
