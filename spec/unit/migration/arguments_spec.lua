-- Reading an operation's call by its rows.
local arguments = require "moonpool.migration.arguments"
local errors = require "moonpool.errors"

local DEFINITION = {
  name = "link",
  arguments = {
    { "table", "name" }, { "columns", "identifiers" },
    { "targets", "identifiers", optional = true },
  },
  options = { data_loss = "accepted", deferred = "boolean", name = "identifier" },
}

local function read(...)
  return arguments.read(DEFINITION, ...)
end

local function refusal(...)
  local _, err = errors.try(read, ...)
  return err
end

describe("moonpool.migration.arguments", function()
  it("names positional arguments", function()
    local operation = read("app.users", { "a", "b" }, { "c" })

    assert.same({ table = "app.users", columns = { "a", "b" }, targets = { "c" } },
      operation.arguments)
    assert.equal("link", operation.name)
  end)

  it("makes a list of a single name", function()
    assert.same({ "a" }, read("users", "a").arguments.columns)
  end)

  it("finds the options where an optional argument is left out", function()
    local operation = read("users", "a", { deferred = true })

    assert.is_nil(operation.arguments.targets)
    assert.same({ deferred = true }, operation.options)
  end)

  it("finds the options after every argument", function()
    assert.same({ deferred = false }, read("users", "a", "b", { deferred = false }).options)
  end)

  it("takes allow for every operation", function()
    assert.same({ "MP15" }, read("users", "a", { allow = { "MP15" } }).options.allow)
  end)

  it("does not keep the caller's tables", function()
    local columns = { "a" }
    local operation = read("users", columns)

    columns[1] = "changed"

    assert.same({ "a" }, operation.arguments.columns)
  end)

  local REFUSED = {
    ["a missing argument"] = { says = "table is missing" },
    ["a missing list"] = { "users", says = "columns is missing" },
    ["a number for a name"] = { 7, "a", says = "not a name" },
    ["an empty name"] = { "", "a", says = "not a name" },
    ["a name with NUL"] = { "us\0ers", "a", says = "not a name" },
    ["a name of 64 bytes"] = { ("a"):rep(64), "b", says = "table" },
    ["an empty list"] = { "users", {}, says = "columns" },
    ["a list with a number"] = { "users", { "a", 7 }, says = "[2]" },
    ["options that are none"] = { "users", "a", "b", "c", says = "options" },
    ["an unknown option"] = { "users", "a", { data_lost = "accepted" }, says = "data_loss" },
    ["a wrong word"] = { "users", "a", { data_loss = true }, says = "accepted" },
    ["a boolean that is none"] = { "users", "a", { deferred = 1 }, says = "neither" },
    ["a code that is none"] = { "users", "a", { allow = { "X" } }, says = "code" },
    ["too many arguments"] = { "users", "a", "b", {}, "d", says = "too many" },
  }
  for what, case in pairs(REFUSED) do
    it("refuses " .. what, function()
      local err = refusal(table.unpack(case))

      assert.equal("bad_argument", err.kind)
      assert.is_truthy(err.message:find(case.says, 1, true), err.message)
    end)
  end

  it("shows how to call in the hint", function()
    assert.equal("op:link(table, columns, targets, { data_loss =, deferred =, name = })",
      refusal().hint)
  end)
end)
