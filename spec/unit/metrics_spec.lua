-- metrics_spec.lua - counters as Prometheus reads them.
local errors = require "moonpool.errors"
local metrics = require "moonpool.metrics"

local MEASURED = {
  pool = { idle = 2, in_use = 1, connecting = 0, max = 10, waiting = 3, acquired = 40,
    wait_seconds = 0.1, acquire_timeouts = 0, connected = 3, connect_failures = 1, closed = 0,
    lost = 0 },
  statements = { reads = 30, writes = 9, others = 1, errors = 2, rows = 77,
    queue = { seconds = 0.5, { bound = 0.001, count = 38 }, { bound = math.huge, count = 2 } },
    run = { seconds = 1.25, { bound = 0.001, count = 0 }, { bound = math.huge, count = 40 } } },
  events = { left_out = 7 },
}

local function lines_of(text)
  local found = {}
  for line in text:gmatch "[^\n]+" do found[line] = true end
  return found
end

describe("metrics", function()
  it("name each counter once, with its type", function()
    local text = metrics.prometheus("app@db-1:5432/app", MEASURED)
    local seen = {}

    for name, kind in text:gmatch "# TYPE (%S+) (%S+)" do
      assert.is_nil(seen[name])
      seen[name] = kind
    end
    assert.equal("gauge", seen.moonpool_pool_waiting)
    assert.equal("counter", seen.moonpool_statements_total)
    assert.equal("histogram", seen.moonpool_statement_run_seconds)
    assert.equal("\n", text:sub(-1))
  end)

  it("give values by label", function()
    local lines = lines_of(metrics.prometheus("app@db-1:5432/app", MEASURED))

    assert.is_true(lines['moonpool_pool_connections{database="app@db-1:5432/app",state="idle"} 2'])
    assert.is_true(lines['moonpool_pool_wait_seconds_total{database="app@db-1:5432/app"} 0.1'])
    assert.is_true(lines['moonpool_events_left_out_total{database="app@db-1:5432/app"} 7'])
    assert.is_true(lines['moonpool_statements_total{database="app@db-1:5432/app",class="read"} 30'])
  end)

  it("count in each bucket all that are below its bound", function()
    local lines = lines_of(metrics.prometheus("d", MEASURED))

    assert.is_true(lines['moonpool_statement_queue_seconds_bucket{database="d",le="0.001"} 38'])
    assert.is_true(lines['moonpool_statement_queue_seconds_bucket{database="d",le="+Inf"} 40'])
    assert.is_true(lines['moonpool_statement_queue_seconds_count{database="d"} 40'])
    assert.is_true(lines['moonpool_statement_queue_seconds_sum{database="d"} 0.5'])
  end)

  it("escape what a name may hold", function()
    local text = metrics.prometheus('a"b\\c\nd', MEASURED)

    assert.is_truthy(text:find('{database="a\\"b\\\\c\\nd"} 10', 1, true))
  end)

  it("are a table unless a format is named", function()
    assert.equal(MEASURED, metrics.render(nil, "d", MEASURED))
    local ok, err = pcall(metrics.render, "json", "d", MEASURED)
    assert.is_false(ok)
    assert.is_true(errors.is_error(err, "bad_argument"))
  end)
end)
