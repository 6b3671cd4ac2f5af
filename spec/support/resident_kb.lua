-- resident_kb.lua - how much memory this process has, in kilobytes.

---@return integer
return function()
  for line in io.lines "/proc/self/status" do
    local kb = line:match "^VmRSS:%s*(%d+)"
    if kb then return math.tointeger(kb) end
  end
  error "the kernel tells no VmRSS"
end
