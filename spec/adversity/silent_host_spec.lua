-- silent_host_spec.lua - of several hosts one that says nothing costs its share of the time.
local driver = require "moonpool.driver"
local mp = require "moonpool"
local stranger = require "spec.support.stranger"

local hrtime = driver.system.hrtime

-- The server with its TCP port behind those of strangers.
local function url_behind(...)
  local url = os.getenv "MOONPOOL_SPEC_TCP_URL"
  local before, port, after = url:match "^(.*@)127%.0%.0%.1:(%d+)(.*)$"
  local hosts = {}
  for _, other in ipairs { ... } do hosts[#hosts + 1] = "127.0.0.1:" .. other.port end
  if port then hosts[#hosts + 1] = "127.0.0.1:" .. port end
  return before .. table.concat(hosts, ",") .. after
end

describe("a host that says nothing, before one that answers", function()
  for _, manner in ipairs { "mute", "silent" } do
    it("is left out after its share of connect_timeout: " .. manner, function()
      local first <close> = stranger.open(manner)
      local db <close> = mp.engine(url_behind(first), { connect_timeout = 1 })
      local start = hrtime()

      assert.equal(7, db:value "select 7")

      local seconds = hrtime() - start
      assert.is_true(seconds >= 0.4 and seconds < 1.2)
    end)
  end

  it("is left out, and so is the next", function()
    local first <close> = stranger.open "silent"
    local second <close> = stranger.open "silent"
    local db <close> = mp.engine(url_behind(first, second), { connect_timeout = 1.5 })

    assert.equal(7, db:value "select 7")
  end)

  it("costs no more than connect_timeout when nobody answers", function()
    local first <close> = stranger.open "silent"
    local second <close> = stranger.open "mute"
    local db <close> = mp.engine(("postgresql://a@127.0.0.1:%d,127.0.0.1:%d/app"):format(
      first.port, second.port), { connect_timeout = 0.5 })
    local start = hrtime()

    local ok, err = pcall(db.value, db, "select 7")

    local seconds = hrtime() - start
    assert.is_false(ok)
    assert.equal("connect_timeout", err.kind)
    assert.is_true(seconds >= 0.5 and seconds < 1)
  end)
end)
