-- bad_option_spec.lua - options that no engine, transaction or map can have.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local NAN, HUGE = 0 / 0, math.huge

-- name, options, and what the message says
local ENGINE = {
  { "text for options", "x", { "options must be a table", '"x"' } },
  { "a number for options", 5, { "options must be a table", "5" } },
  { "an unknown option", { zzzz = 1 }, { 'unknown option "zzzz"' } },
  { "a misspelt option", { pol = {} }, { 'unknown option "pol"', 'did you mean "pool"?' } },
  { "a misspelt timeout", { conect_timeout = 1 }, { 'did you mean "connect_timeout"?' } },
  { "a misspelt option of the pool", { pool = { mx = 1 } }, { '"pool.mx"', 'mean "max"?' } },
  { "an option by position", { [2] = 1 }, { 'unknown option "2"' } },
  { "a number for the pool", { pool = 5 }, { 'option "pool" must be a table', "5" } },
  { "a pool of 0", { pool = { max = 0 } }, { '"pool.max"', "1 to 10000", "not 0" } },
  { "a pool of -1", { pool = { max = -1 } }, { '"pool.max"', "not -1" } },
  { "a pool of 1.5", { pool = { max = 1.5 } }, { '"pool.max"', "not 1.5" } },
  { "a pool of text", { pool = { max = "8" } }, { '"pool.max"', 'not "8"' } },
  { "a pool of a thousand million", { pool = { max = 1000000000 } }, { "not 1000000000" } },
  { "a negative minimum", { pool = { min = -1 } }, { '"pool.min"', "not -1" } },
  { "min above max", { pool = { min = 3, max = 2 } }, { '"pool.min" (3)', '"pool.max" (2)' } },
  { "an order of its own", { pool = { order = "random" } }, { '"pool.order"', '"lifo", "fifo"' } },
  { "no uses at all", { pool = { max_uses = 0 } }, { '"pool.max_uses"', "or false", "not 0" } },
  { "a queue of -1", { pool = { max_waiters = -1 } }, { '"pool.max_waiters"', "not -1" } },
  { "true for a duration", { connect_timeout = true }, { '"connect_timeout"', "not true" } },
  { "another way to prepare", { prepare = "always" }, { '"prepare"', '"auto"', 'not "always"' } },
  { "another pooler", { pooler = "session" }, { '"pooler"', 'not "session"' } },
  { "a pipeline of 0", { pipeline = { max = 0 } }, { '"pipeline.max"', "not 0" } },
  { "another log level", { log = { level = "loud" } }, { '"log.level"', 'not "loud"' } },
  { "text for log.params", { log = { params = "yes" } }, { '"log.params"', 'not "yes"' } },
  { "a number as name", { application_name = 1 }, { '"application_name"', "not 1" } },
  { "NUL in the name", { application_name = "a\0b" }, { '"application_name"', "without NUL" } },
  { "text for settings", { settings = "x" }, { '"settings"', 'not "x"' } },
  { "a list of settings", { settings = { "on" } }, { '"settings"', "1 is not one" } },
  { "a table for a setting", { settings = { search_path = {} } }, { '"search_path" is not one' } },
  { "NUL in a setting", { settings = { search_path = "a\0b" } }, { '"search_path" is not one' } },
  { "NUL in a setting's name", { settings = { ["a\0b"] = "c" } }, { "is not one" } },
  { "a setting with a space", { settings = { ["a b"] = "c" } }, { '"a b" is no name' } },
  { "a setting without a name", { settings = { [""] = "c" } }, { '"" is no name' } },
  { "another encoding", { settings = { client_encoding = "LATIN1" } }, { '"client_encoding"' } },
  { "another date style", { settings = { DateStyle = "German" } }, { '"DateStyle"' } },
  { "another interval style", { settings = { intervalstyle = "iso_8601" } }, { "intervalstyle" } },
}

local DURATIONS = {
  { "connect_timeout", function(seconds) return { connect_timeout = seconds } end },
  { "pool.acquire_timeout", function(seconds) return { pool = { acquire_timeout = seconds } } end },
  { "pool.max_lifetime", function(seconds) return { pool = { max_lifetime = seconds } } end },
}

local WRONG_SECONDS = { 0, -1, NAN, HUGE, -HUGE, 1e308, 2 ^ 63, "1", {} }

describe("an engine refuses", function()
  for _, row in ipairs(ENGINE) do
    local name, options, says = table.unpack(row)
    it(name, function()
      refusal.check({ kind = "bad_config", says = says }, mp.engine, nil, options)
    end)
  end

  for _, row in ipairs(DURATIONS) do
    local name, options = table.unpack(row)
    it("a " .. name .. " that is no number of seconds above 0", function()
      for _, seconds in ipairs(WRONG_SECONDS) do
        refusal.check({ kind = "bad_config", says = { name, "a number of seconds > 0, or false" } },
          mp.engine, nil, options(seconds))
      end
    end)
  end

  it("what is no URL", function()
    for _, url in ipairs { 5, true, {}, print } do
      refusal.check({ kind = "bad_argument", says = { "the URL must be a string", type(url) } },
        mp.engine, url)
    end
    refusal.check({ kind = "bad_argument", says = "boolean" }, mp.engine, false)
  end)
end)

describe("a transaction refuses", function()
  local db
  setup(function() db = mp.engine(nil, { pool = { max = 1 } }) end)
  teardown(function() db:close() end)

  local function nothing() end

  local OPTIONS = {
    { "another isolation", { isolation = "total" }, { '"serializable"', 'not "total"' } },
    { "a misspelt option", { isolaton = "serializable" }, { 'did you mean "isolation"?' } },
    { "1 for read_only", { read_only = 1 }, { '"read_only"', "true or false", "not 1" } },
    { "negative retries", { retries = -1 }, { '"retries"', "not -1" } },
    { "half a retry", { retries = 1.5 }, { '"retries"', "not 1.5" } },
    { "a number for options", 5, { "options must be a table, not 5" } },
  }
  for _, row in ipairs(OPTIONS) do
    local name, options, says = table.unpack(row)
    it(name, function()
      refusal.check({ kind = "bad_argument", says = says }, db.transaction, db, nothing, options)
    end)
  end

  it("what is no function", function()
    for _, fn in ipairs { "x", 5, {} } do
      refusal.check({ kind = "bad_argument", says = { "takes a function", type(fn) } },
        db.transaction, db, fn)
    end
  end)

  it("retries of what is begun by hand", function()
    refusal.check({ kind = "bad_argument", says = '"retries"' }, db.begin, db, { retries = 1 })
  end)

  it("options of a savepoint", function()
    refusal.check({ kind = "bad_argument", says = '"isolation"', cure = "no options" }, function()
      db:transaction(function(tx) tx:transaction(nothing, { isolation = "serializable" }) end)
    end)
  end)
end)
