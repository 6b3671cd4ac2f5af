-- coroutine.lua - coroutine functions that forward Moonpool's waits to the task, in any Lua state.
return require("moonpool.driver").coroutine
