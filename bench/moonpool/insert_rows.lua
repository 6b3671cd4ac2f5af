-- insert_rows.lua - W4: ten thousand rows from Lua tables: insert_rows.lua unnest|many
package.path = arg[0]:match "^(.*/)" .. "?.lua;" .. package.path
local bench = require "bench"
local mp = require "moonpool"

local INSERT_ARRAYS = [[
  insert into bench_load select * from
  unnest($1::int4[], $2::text[], $3::float8[], $4::timestamptz[])
]]
local INSERT_ROW = "insert into bench_load (a, b, c, d) values ($1, $2, $3, $4)"

local insert = {}

function insert.unnest(db, rows)
  local columns = { {}, {}, {}, {} }
  for i, row in ipairs(rows) do
    for at = 1, 4 do columns[at][i] = row[at] end
  end
  db:exec(INSERT_ARRAYS, table.unpack(columns))
end

function insert.many(db, rows)
  db:many(INSERT_ROW, rows)
end

local db <close> = mp.engine()
local rows = bench.load_rows(10000)
local how = assert(insert[arg[1]])
db:exec "truncate bench_load"

local watch = bench.start()
how(db, rows)
bench.report(watch, #rows)
