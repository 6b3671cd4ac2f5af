-- output_spec.lua - what goes to which stream, as text and as a document.
local errors = require "moonpool.errors"
local output = require "moonpool.cli.output"

local function stream()
  return {
    text = "",
    write = function(self, ...) self.text = self.text .. table.concat { ... } end,
    flush = function() end,
  }
end

local function open(options, has_color)
  local out, err = stream(), stream()
  local opened = output.new {
    options = options,
    streams = { out = out, err = err },
    encode = function(value) return "json:" .. (value.error and value.error.kind or value.name) end,
    list = function(values) return values end,
    has_color = has_color,
  }
  return opened, out, err
end

describe("moonpool.cli.output", function()
  it("writes a result's lines to standard output", function()
    local shown, out, err = open {}

    shown:result({ name = "x" }, { "a", "b" })
    shown:result({ name = "x" }, {})

    assert.equal("a\nb\n", out.text)
    assert.equal("", err.text)
  end)

  it("writes the document instead with --json", function()
    local shown, out = open { json = true }

    shown:result({ name = "x" }, { "a" })

    assert.equal("json:x\n", out.text)
  end)

  it("writes notes to standard error unless told to be quiet", function()
    local shown, out, err = open {}
    local quiet, _, quiet_err = open { quiet = true }

    shown:note "hello"
    shown:detail "more"
    quiet:note "hello"

    assert.same({ "", "moonpool: hello\n", "" }, { out.text, err.text, quiet_err.text })
  end)

  it("writes a failure to standard error, and with --json a document too", function()
    local shown, out, err = open { json = true }

    shown:failure(errors.new { kind = "bad_config", message = "m", hint = "h" })

    assert.equal("json:bad_config\n", out.text)
    assert.matches("^error%[bad_config%]: m\n", err.text)
    assert.matches("hint: h\n$", err.text)
  end)

  it("keeps data that the server quoted out of the document", function()
    local document
    local shown = output.new {
      options = { json = true },
      streams = { out = stream(), err = stream() },
      encode = function(value)
        document = value
        return ""
      end,
      list = function(values) return values end,
    }

    shown:failure(errors.new {
      kind = "invalid_text_representation", sqlstate = "22P02",
      message = 'invalid input syntax for type integer: "secret"',
    })

    assert.equal('invalid input syntax for type integer: "<hidden>"', document.error.message)
  end)

  it("shows the place in Lua only for a program's failure", function()
    local err = errors.new { kind = "bad_argument", message = "m", where = "a.lua:1 in main" }
    local shown, _, own = open {}
    local program, _, programs = open {}

    shown:failure(err)
    program:failure(err, "stack traceback:\n\ta.lua:1")

    assert.is_nil(own.text:find("a.lua", 1, true))
    assert.matches("%-%-> a%.lua:1", programs.text)
    assert.matches("stack traceback:\n\ta%.lua:1\n$", programs.text)
  end)

  it("colours the head of an error on a terminal that wants it", function()
    local err = errors.new { kind = "bad_config", message = "m", hint = "h" }
    local shown, _, coloured = open({}, true)
    local plain, _, plain_text = open({ no_color = true }, true)

    shown:failure(err)
    plain:failure(err)

    assert.equal("\27[1;31merror[bad_config]\27[0m: m", coloured.text:match "^[^\n]*")
    assert.is_nil(plain_text.text:find "\27")
  end)
end)
