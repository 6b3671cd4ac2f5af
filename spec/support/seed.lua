-- seed.lua - the seed of a random spec: printed, and repeated when MP_SEED names it.
local seed = {}

---Seed math.random.
---@param what string  the spec, for the line that is printed
function seed.set(what)
  local given = math.tointeger(tonumber(os.getenv("MP_SEED"))) or os.time()
  math.randomseed(given)
  print(("%s: MP_SEED=%d"):format(what, given))
end

return seed
