-- A sequence's options that are not what they would be if nobody had said anything; pure.
local LEAST = { int2 = -0x8000, int4 = -0x80000000, int8 = math.mininteger }
local GREATEST = { int2 = 0x7fff, int4 = 0x7fffffff, int8 = math.maxinteger }

---@param row table  start, increment, min, max, cache, cycle
---@param type_sql string  int2, int4 or int8
---@return table
return function(row, type_sql)
  local is_up = row.increment > 0
  local usual = { increment = 1, cache = 1, cycle = false, min = is_up and 1 or LEAST[type_sql],
    max = is_up and GREATEST[type_sql] or -1 }
  usual.start = is_up and row.min or row.max
  local options = {}
  for name, value in pairs(usual) do
    if row[name] ~= value then options[name] = row[name] end
  end
  return options
end
