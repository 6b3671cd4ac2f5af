-- exit_code_spec.lua - which exit code an error ends the command with.
local errors = require "moonpool.errors"
local exit_code = require "moonpool.cli.exit_code"

local CASES = {
  { 2, { kind = "usage" } },
  { 2, { kind = "bad_config" } },
  { 2, { kind = "bad_argument" } },
  { 4, { kind = "connect_failed" } },
  { 4, { kind = "connect_timeout" } },
  { 4, { kind = "auth_failed" } },
  { 4, { kind = "tls_failed" } },
  { 5, { kind = "migration", reason = "lock_held" } },
  { 1, { kind = "migration" } },
  { 1, { kind = "unique_violation", sqlstate = "23505" } },
}

describe("moonpool.cli.exit_code", function()
  for _, case in ipairs(CASES) do
    it(("is %d for %s %s"):format(case[1], case[2].kind, case[2].reason or ""), function()
      local fields = { message = "x" }
      for key, value in pairs(case[2]) do fields[key] = value end

      assert.equal(case[1], exit_code.of(errors.new(fields)))
    end)
  end

  it("is 1 for an error that is not ours", function()
    assert.equal(1, exit_code.of "x")
    assert.equal(1, exit_code.of { kind = "bad_config" })
  end)
end)
