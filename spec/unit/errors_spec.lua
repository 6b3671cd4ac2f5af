-- moonpool.errors: what an error holds, how it is told apart, and how it reads.
local errors = require "moonpool.errors"

local function shown(fields) return tostring(errors.new(fields)) end

describe("moonpool.errors", function()
  it("keeps the fields it is given", function()
    local err = errors.new { kind = "unique_violation", message = "m", sqlstate = "23505",
      table = "t" }

    assert.equal("unique_violation", err.kind)
    assert.equal("t", err.table)
  end)

  it("gives every error a hint", function()
    assert.is_string(errors.new { kind = "never_heard_of", message = "m" }.hint)
  end)

  it("prefers the hint it is given", function()
    assert.equal("do this", errors.new { kind = "timeout", message = "m", hint = "do this" }.hint)
  end)

  it("has a hint for each of Moonpool's own kinds", function()
    local hints = require "moonpool.errors.hints"
    local kinds = [[connect_failed auth_failed tls_failed connect_timeout acquire_timeout queue_full
      timeout cancelled connection_lost outcome_unknown commit_unknown tx_lost tx_rolled_back
      not_found multiple_rows not_loaded stale_object invalid encode decode bad_argument bad_config
      unsupported_behind_pooler shutting_down wrong_thread wrong_process out_of_memory migration]]

    for kind in kinds:gmatch("%S+") do assert.is_string(hints[kind], kind) end
  end)

  it("never fails on odd fields", function()
    for _, fields in ipairs { 1, true, "text", { kind = {}, message = print, query = 3, hint = 1 },
      { position = "x", query = "select 1" }, { position = 99, query = "a" } } do
      assert.is_string(tostring(errors.new(fields)))
    end
    assert.is_string(tostring(errors.new(nil)))
  end)

  it("does not change the fields it is given", function()
    local fields = { message = "m" }

    errors.new(fields)

    assert.same({ message = "m" }, fields)
  end)

  it("raises the error itself", function()
    local ok, err = pcall(errors.raise, { kind = "timeout", message = "late" })

    assert.is_false(ok)
    assert.equal("late", err.message)
  end)

  it("tells kinds, states and classes apart", function()
    local err = errors.new { kind = "unique_violation", message = "m", sqlstate = "23505" }

    assert.is_true(errors.is_error(err))
    assert.is_true(errors.is_error(err, "unique_violation"))
    assert.is_true(errors.is_error(err, "23505"))
    assert.is_true(errors.is_error(err, "23"))
    assert.is_false(errors.is_error(err, "22"))
    assert.is_false(errors.is_error(err, "timeout"))
    assert.is_true(err:is "23")
  end)

  it("takes nothing else for an error", function()
    assert.is_false(errors.is_error("text"))
    assert.is_false(errors.is_error({ kind = "timeout" }, "timeout"))
    assert.is_false(errors.is_error(nil))
  end)

  it("gives the results of a call that succeeds", function()
    assert.same({ 1, nil, 3 }, { errors.try(function() return 1, nil, 3 end) })
  end)

  it("gives nil and the error of a call that fails", function()
    local value, err = errors.try(errors.raise, { kind = "timeout", message = "late" })

    assert.is_nil(value)
    assert.equal("timeout", err.kind)
  end)

  it("begins with kind, message and state", function()
    assert.matches("^error%[unique_violation%]: taken %(23505%)\n",
      shown { kind = "unique_violation", message = "taken", sqlstate = "23505" })
  end)

  it("names the caller's file and line", function()
    assert.matches("\n  %-%-> [^\n]*errors_spec%.lua:%d+ in ",
      shown { kind = "timeout", message = "m" })
  end)

  it("ends with one hint", function()
    local text = shown { kind = "timeout", message = "m", hint = "wait" }

    assert.matches("\nhint: wait$", text)
    assert.equal(1, select(2, text:gsub("hint:", "")))
  end)

  it("puts a caret under the position", function()
    local text = shown { message = "m", query = "select * form t", position = 10 }

    assert.matches("   |  select %* form t\n   |           %^\n", text)
  end)

  it("counts the position in characters", function()
    local text = shown { message = "m", query = "select 'é', x", position = 13 }

    assert.matches("\n   |  " .. (" "):rep(12) .. "%^\n", text)
  end)

  it("shows only the line concerned", function()
    local text = shown { message = "m", query = "select 1,\n  bad\nfrom t", position = 13 }

    assert.matches("   |    bad\n   |    %^\n", text)
    assert.not_matches("from t", text)
  end)

  it("cuts a long line around the caret", function()
    local query = "select " .. ("x"):rep(500) .. "!" .. ("y"):rep(500)
    local text = shown { message = "m", query = query, position = 508 }

    for line in text:gmatch("[^\n]+") do assert.is_true(#line < 120) end
    assert.matches("!", text)
  end)

  it("survives a statement that is no UTF-8", function()
    assert.is_string(shown { message = "m", query = "select '\xff\xfe' x", position = 9 })
  end)

  it("escapes terminal control bytes", function()
    local text = shown { message = "a\27[31mb", detail = "c\7" }

    assert.not_matches("[\27\7]", text)
    assert.matches("\\x1b", text)
  end)

  it("leaves out the data of a unique violation", function()
    local text = shown { sqlstate = "23505", message = "dup",
      detail = "Key (email)=(secret@x.org) already exists." }

    assert.not_matches("secret", text)
    assert.matches("Key %(email%)=%(<hidden>%) already exists", text)
  end)

  it("leaves out the data of a failing row", function()
    assert.not_matches("secret", shown { sqlstate = "23502", message = "null",
      detail = "Failing row contains (1, secret)." })
  end)

  it("leaves out the text that does not read as a number", function()
    assert.not_matches("secret", shown { sqlstate = "22P02",
      message = 'invalid input syntax for type integer: "secret"' })
  end)

  it("holds a traceback from where it was made", function()
    assert.matches("errors_spec", errors.new({ message = "m" }).traceback)
  end)
end)
