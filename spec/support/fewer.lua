-- fewer.lua - how often a spec repeats: less often where the collector never rests.

local is_hostile = os.getenv "MOONPOOL_SPEC_GC" == "hostile"

---@param usual integer
---@param hostile integer  under MOONPOOL_SPEC_GC=hostile
---@return integer
return function(usual, hostile)
  return is_hostile and hostile or usual
end
