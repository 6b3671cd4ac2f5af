-- one_byte_spec.lua - all that is said over a connection, one byte at a time in both directions.
local conformance = require "spec.support.conformance"
local driver = require "moonpool.driver"
local full = require "spec.support.full"
local mp = require "moonpool"
local process = require "moonpool.process"
local proxy = require "spec.support.proxy"
local seed = require "spec.support.seed"
local settle = require "spec.support.settle"
local show = require "spec.support.show"

local SPLIT = { "always front message:1 split:1", "always back message:1 split:1" }
local NAME = "one byte"
local TCP_SERVER = os.getenv("MOONPOOL_SPEC_TCP_URL"):match "@([%d.]+:%d+)/"
local LIMIT_SECONDS = 300 -- of a file
local SIGKILL = 9

local function between_tcp()
  return proxy.open_tcp(SPLIT, { target = TCP_SERVER, user = "spec_password:password",
    database = os.getenv "PGDATABASE" })
end

describe("one byte at a time", function()
  local control, between, whole, pieces

  setup(function()
    control = mp.engine(nil, { pool = { max = 4 } })
    between = proxy.open(table.unpack(SPLIT))
    whole = mp.engine(nil, { pool = { max = 4 } })
    pieces = mp.engine(between.url, { pool = { max = 4 }, application_name = NAME })
    conformance.prepare(control)
    seed.set "one_byte"
  end)
  teardown(function()
    for _, db in ipairs { pieces, whole } do db:close() end
    conformance.clean(control)
    control:close()
    between:__close()
  end)

  for _, row in ipairs(conformance.STEPS) do
    local name, step = table.unpack(row)
    it(name .. " are what they are in one piece", function()
      local random = math.random(0)

      math.randomseed(random)
      local expected = show(step(whole))
      math.randomseed(random)
      local actual = show(step(pieces))

      assert.equal(expected, actual)
      assert.same(settle.QUIET, settle.wait(pieces, control, NAME))
    end)
  end

  it("a password is asked for and told", function()
    local tcp <close> = between_tcp()
    local db <close> = mp.engine(tcp.url)
    assert.equal("spec_password", db:value "select current_user::text")
  end)
end)

-- Left out is what bounds a time that a connection in pieces needs for its opening (holder,
-- pool_hooks, statement_view, task), what moves more than a few hundred thousand bytes
-- (archive_import, copy_in, large_object, pipeline_volume, roundtrip, roundtrip_types,
-- sql_builder, stream, type_catalog), and what has no server or one of its own (private_server,
-- system).
local FILES = {
  "advisory_lock", "after_close", "archive_repositories", "archive_schema", "archive_source",
  "assert_queries", "audit", "bad_call", "bad_option", "bad_parameter", "bad_url", "bad_value",
  "cannot_wait", "cli", "codec", "command", "command_migration", "command_signal", "composite",
  "contract", "contract_models", "copy_out", "cursor", "decimal", "embedded", "engine_events",
  "error", "explain", "gc", "group_scope", "hstore", "inheritance", "joined_inheritance",
  "joined_inheritance_random", "json",
  "lexer", "listen", "loading", "loading_reads", "made_types", "materialized_view",
  "migrate_command", "migration_runner", "model", "notice", "objects", "observation", "password",
  "pipeline", "pool_burst", "process", "query", "range", "reconfigure", "reflect",
  "refused_statement", "replaced_relation", "repository", "repository_page", "resolve",
  "result_changes", "result_object", "schema_objects", "service", "session", "session_events",
  "session_executor", "session_failures", "session_hooks", "session_relations", "session_schema",
  "session_shapes", "session_verbs", "soft_delete", "sql_results", "sql_writes", "tenant",
  "time_arithmetic", "timestamp", "transaction", "transaction_hooks", "transaction_options",
  "transaction_retry", "transform", "two_phase", "unique_exchange", "unreachable", "uuid",
  "value_object", "values", "version_xmin",
}

-- What a file does in short is enough.
local function environment(unix, tcp)
  return {
    MOONPOOL_SPEC_FULL = false,
    PGHOST = unix.folder, PGPORT = tostring(proxy.PORT), DATABASE_URL = unix.url,
    MOONPOOL_SPEC_URL = unix.url, MOONPOOL_SPEC_TCP_URL = tcp.url:match "^[^?]*",
  }
end

-- Its exit code, and what it said.
local function run(file)
  local unix <close> = proxy.open(table.unpack(SPLIT))
  local tcp <close> = between_tcp()
  local child <close> = process.open { driver.system.exe_path(), "run",
    "spec/support/run_busted.lua", file, env = environment(unix, tcp), stderr = "pipe" }
  local ok, said = pcall(mp.deadline, LIMIT_SECONDS, child.read_all, child)
  if not ok then child:kill(SIGKILL) end
  return child:wait(), ok and said or tostring(said)
end

describe("one byte at a time, in full,", function()
  for _, file in ipairs(full({}, FILES)) do
    it(file .. " passes", function()
      local code, said = run(("spec/integration/%s_spec.lua"):format(file))
      assert.equal(0, code, said)
    end)
  end
end)
