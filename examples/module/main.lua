-- main.lua - Moonpool as a module of a plain lua5.4: the same engine, no command.
local mp = require "moonpool"

-- Outside any task a statement simply waits.
do
  local db <close> = mp.engine()
  print("outside", db:value "select 6 * 7")
end

-- Inside mp.run there are tasks: they wait together, on one thread.
local function main(greeting)
  local db <close> = mp.engine()
  local upper, lower = mp.all(
    function() return db:value("select upper($1)", greeting) end,
    function() return db:value("select lower($1)", greeting) end)
  return upper, lower
end

print("inside", mp.run(main, "Hello"))

local _, err = mp.try(mp.run, function()
  local db <close> = mp.engine()
  return db:get("select * from pg_class where relname = $1", "no such table")
end)
print("raised", err.kind)
