-- command_line_spec.lua - what the words of a command line mean, and which are refused.
local command_line = require "moonpool.cli.command_line"

local function parse(...)
  return command_line.parse { ... }
end

local function refusal(...)
  local ok, err = pcall(parse, ...)
  assert.is_false(ok)
  assert.equal("usage", err.kind)
  return err.message
end

describe("moonpool.cli.command_line", function()
  it("reads a verb with its options, and the global ones on both sides of it", function()
    local parsed = parse("--url", "u", "upgrade", "head", "--plan", "--json")

    assert.equal("upgrade", parsed.verb)
    assert.equal("u", parsed.options.url)
    assert.equal("head", parsed.options.rev)
    assert.is_true(parsed.options.plan)
    assert.is_true(parsed.options.json)
  end)

  it("takes a file without a verb for run FILE", function()
    for _, file in ipairs { "a.lua", "./a", "-" } do
      local parsed = parse("--quiet", file, "x")

      assert.equal("run", parsed.verb)
      assert.equal(file, parsed.options.file)
      assert.same({ "x" }, parsed.program)
    end
  end)

  it("reads a program without options as it reads one with them", function()
    local plain, quiet = parse("run", "a.lua", "x"), parse("run", "--quiet", "a.lua", "x")
    quiet.options.quiet, quiet.options.run = nil, nil

    assert.same(quiet, plain)
  end)

  it("leaves everything after the file to the program", function()
    local parsed = parse("run", "--quiet", "a.lua", "--json", "-x", "--", "--help")

    assert.same({ "--json", "-x", "--", "--help" }, parsed.program)
    assert.is_true(parsed.options.quiet)
    assert.is_nil(parsed.options.json)
  end)

  it("runs code, whatever it looks like", function()
    for _, words in ipairs { { "-e", "-- x" }, { "run", "-e", "-- x" } } do
      table.move({ "--json", "a", "--b" }, 1, 3, #words + 1, words)

      local parsed = parse(table.unpack(words))

      assert.equal("-- x", parsed.options.code)
      assert.is_true(parsed.options.json)
      assert.same({ "a", "--b" }, parsed.program)
    end
  end)

  it("ends its own options at --", function()
    assert.same({ "--json" }, parse("-e", "code", "--", "--json").program)
    assert.equal("a", parse("run", "--", "a").options.file)
  end)

  it("takes a negative number for a revision, not for an option", function()
    assert.equal("-1", parse("downgrade", "-1", "--plan").options.rev)
  end)

  it("lets upgrade go without a revision", function()
    assert.is_nil(parse("upgrade").options.rev)
  end)

  it("shows help for the asking, before anything is checked", function()
    assert.same({ "help", "downgrade" }, { parse("downgrade", "-h").verb,
      parse("downgrade", "--help").options.topic })
    assert.equal("help", parse().verb)
    assert.equal("version", parse("--version").verb)
  end)

  it("suggests verbs and options", function()
    assert.matches("unknown command 'upgrad'.*upgrade", refusal "upgrad")
    assert.matches("unknown option '%-%-plam'.*%-%-plan", refusal("upgrade", "--plam"))
    assert.matches("unknown option '%-%-ur'.*%-%-url", refusal("--ur", "current"))
  end)

  it("refuses what is missing or too much", function()
    assert.matches("missing argument 'rev'", refusal "downgrade")
    assert.matches("missing option '%-m'", refusal "revision")
    assert.matches("too many arguments", refusal("current", "x"))
    assert.matches("malformed argument 'soon'", refusal("upgrade", "--wait", "soon"))
  end)

  it("knows the flags of a line that it cannot read", function()
    assert.same({ json = true }, command_line.guess_flags { "x", "--json", "--", "--no-color" })
  end)

  it("lists the verbs, and describes one", function()
    assert.matches("downgrade +Take migrations back", command_line.help())
    assert.matches("^Usage: moonpool downgrade", command_line.help("downgrade"))
    assert.has_error(function() command_line.help("nothing") end)
  end)
end)
