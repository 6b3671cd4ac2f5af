-- run_busted.lua - runs specs inside this Lua state, a task of the runtime or a stock interpreter:
-- run_busted.lua [busted's options] DIRECTORY_OR_FILE...
--
-- MOONPOOL_SPEC_GC=hostile lets one collection follow the other. MOONPOOL_SPEC_MODULE=DIRECTORY
-- loads the core from there into a stock interpreter and runs the specs as its main task.

local STOCK_PATH = "/usr/local/share/lua/5.4/?.lua;/usr/local/share/lua/5.4/?/init.lua;"
  .. "/usr/share/lua/5.4/?.lua;/usr/share/lua/5.4/?/init.lua"

-- Where a stock interpreter looks for the distribution's modules, and our own tree before it (the
-- runtime prefers the library inside). The root comes last: its moonpool.lua is no module.
local function set_search_path()
  package.path = "./lua/?.lua;./lua/?/init.lua;" .. package.path .. ";" .. STOCK_PATH .. ";./?.lua"
end

-- A finished cycle is followed by the next at once, and each allocation takes it 400 units further:
-- what nothing refers to is gone after some 80 allocations in the heap of one file's specs, which
-- is 1.5 MB. In the heap of the whole suite it would be hundreds: each file has its own process.
local function set_hostile_collector()
  if os.getenv("MOONPOOL_SPEC_GC") == "hostile" then collectgarbage("incremental", 1, 200, 4) end
end

-- busted ends by os.exit; in a task that would skip what the runtime does at its end.
local function intercept_exit()
  local exited = {}
  require("busted.compatibility").exit = function(code)
    exited.code = code == 0 and 0 or 1
    error(exited, 0)
  end
  return exited
end

-- busted gives each file modules of its own by forgetting what the last one loaded. What was loaded
-- before must not stay then: half of the library would be of another generation.
local function forget_library()
  for name in pairs(package.loaded) do
    if name:find("^moonpool") and name ~= "moonpool.core" then package.loaded[name] = nil end
  end
end

local function run(arguments)
  forget_library()
  set_hostile_collector()
  local exited = intercept_exit()
  _G.arg = { [0] = "busted", "--ignore-lua", "--output=spec/support/report.lua",
    table.unpack(arguments) }
  local ok, failure = pcall(require("busted.runner"), { standalone = false })
  if not ok and failure ~= exited then error(failure, 0) end
  return exited.code or 0
end

-- Under the command this chunk already is a task.
local function run_as_task(arguments)
  local directory = os.getenv "MOONPOOL_SPEC_MODULE"
  set_search_path()
  if not directory then return run(arguments) end
  package.cpath = directory .. "/?.so;" .. package.cpath
  return require("moonpool").run(run, arguments)
end

local code = run_as_task { ... }
if code ~= 0 then os.exit(code, true) end
return 0
