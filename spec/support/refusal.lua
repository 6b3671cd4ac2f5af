-- refusal.lua - what a refusal must be: of its kind, naming what is wrong, with a cure, no secrets.
local mp = require "moonpool"

local refusal = {}

---Stands in passwords and parameters, and may be in no error's text.
refusal.SECRET = "c4n4ry"

local function assert_says(text, wanted)
  local list = type(wanted) == "table" and wanted or { wanted }
  for _, part in ipairs(list) do
    assert(text:find(part, 1, true), ("%q is not in: %s"):format(part, text))
  end
end

---@class spec.Refusal
---@field kind string
---@field says string | string[]?  parts of the message
---@field cure string?  a part of the hint

---Assert that the call is refused as described.
---@async
---@param wanted spec.Refusal
---@param fn function
---@return moonpool.Error
function refusal.check(wanted, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "nothing was refused")
  assert(mp.is_error(err), "not an error of ours: " .. tostring(err))
  local text = tostring(err)
  assert(err.kind == wanted.kind, ("%s expected: %s"):format(wanted.kind, text))
  assert_says(err.message, wanted.says or {})
  assert_says(err.hint, wanted.cure or {})
  assert(text:find "\nhint: %S[^\n]*$", "no hint at the end of: " .. text)
  assert(not text:find(refusal.SECRET, 1, true), "a secret is in: " .. text)
  return err
end

---The same of a kind and parts of the message alone.
---@async
---@param kind string
---@param says string | string[]
---@param fn function
---@return moonpool.Error
function refusal.of_kind(kind, says, fn, ...)
  return refusal.check({ kind = kind, says = says }, fn, ...)
end

---One `it` for each case; `attempt(case)` does what is refused.
---@param cases spec.Refusal[]  with a `name` each
---@param attempt fun(case: table)
function refusal.each(cases, attempt)
  for _, case in ipairs(cases) do
    it(case.name, function() refusal.check(case, attempt, case) end)
  end
end

return refusal
