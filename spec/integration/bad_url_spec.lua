-- bad_url_spec.lua - database URLs that cannot be right; none shows its password.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

-- S is the password; what the message says
local URLS = {
  { "http://user:S@host/db", "neither a postgresql:// URL" },
  { "mysql://user:S@host/db", "neither a postgresql:// URL" },
  { "POSTGRESQL://user:S@host/db", "neither a postgresql:// URL" },
  { "http://user:S@host/db?a=b", "cannot be read" },
  { "postgresql//user:S@host/db", 'a keyword has no "="' },
  { "postgres:/user:S@host", 'a keyword has no "="' },
  { "S", 'a keyword has no "="' },
  { "=S", "cannot be read" },
  { "postgresql://user:S@host:0/db", 'port "0"' },
  { "postgresql://user:S@host:65536/db", 'port "65536"' },
  { "postgresql://user:S@host:abc/db", 'port "abc"' },
  { "postgresql://user:S@host:-1/db", 'port "-1"' },
  { "postgresql://user:S@host:5432:5433/db", 'port "5432:5433"' },
  { "postgresql://user:S@host:99999999999999999999/db", 'port "99999999999999999999"' },
  { "postgresql://user:S@one:1,two:x/db", 'port "x"' },
  { "host=one port=x password=S", 'port "x"' },
  { "host=one port=1,2,3 password=S", "3 ports for 1 host" },
  { "host=one,two,three port=1,2 password=S", "2 ports for 3 hosts" },
  { "postgresql://user:S%zz@host/db", '"%" is not followed by two hexadecimal' },
  { "postgresql://user:S%4@host/db", '"%" is not followed by two hexadecimal' },
  { "postgresql://user:S%00@host/db", "%00" },
  { "postgresql://user:x@S@host/db", "an @ in the password" },
  { "postgresql://user:x@S/word@host/db", "an @ in the password" },
  { "postgresql://user:S/x@host/db", "an @ in the password" },
  { "postgresql://user:S/?x@host/db", "cannot be read" },
  { "postgresql://user:S@[::1/db", "IPv6" },
  { "postgresql://user:S@[]/db", "IPv6" },
  { "postgresql://user:S@[::1]x/db", "unexpected character" },
  { "postgresql://user:S@ho st/db", "a host's name" },
  { "host='one two' password=S", "a host's name" },
  { "host=user:S@one", "a host's name" },
  { "postgresql://user:S@host/db?bogus=1", "does not know" },
  { "postgresql://user:S@host/db?SSLMODE=require", "does not know" },
  { "host=one password=S bogus=1", "does not know" },
  { "postgresql://user:S@host/db?sslmode", 'no "="' },
  { "postgresql://user:S@host/db?sslmode=a=b", 'two "="' },
  { "host=one password=S port", 'no "="' },
  { "host=one password='S", "quoted value does not end" },
  { "postgresql://user:S@host/db?sslmode=requre", { "sslmode", '"requre"', "verify-full" } },
  { "postgresql://user:S@host/db?sslmode=require&sslmode=none", { "sslmode", '"none"' } },
  { "postgresql://user:S@host/db?target_session_attrs=all", { "target_session_attrs", '"all"' } },
  { "postgresql://user:S@host/db?gssencmode=yes", { "gssencmode", '"yes"' } },
  { "postgresql://user:S@host/db?channel_binding=on", { "channel_binding", '"on"' } },
  { "postgresql://user:S@host/db?connect_timeout=soon", { "connect_timeout", '"soon"' } },
  { "postgresql://user:S@host/db?keepalives=yes", { "keepalives", '"yes"' } },
  { "dbname=postgresql://user:S@host/db", "database's name is a URL" },
}

local function with_password(text)
  return (text:gsub("%f[%w]S%f[^%w]", refusal.SECRET, 1))
end

describe("a URL is refused", function()
  for _, row in ipairs(URLS) do
    it("when it reads " .. row[1], function()
      refusal.check({ kind = "bad_config", says = row[2] }, mp.engine, with_password(row[1]))
    end)
  end

  it("when it has a NUL byte, with its offset", function()
    local url = with_password "postgresql://user:S@host/db"

    refusal.check({ kind = "bad_config", says = { "NUL byte", "offset " .. #url } },
      mp.engine, url .. "\0x")
  end)

  it("when it is a megabyte long", function()
    local url = with_password "postgresql://user:S@host/" .. ("x"):rep(2 ^ 20)

    local err = refusal.check({ kind = "bad_config", says = "bytes" }, mp.engine, url)

    assert.is_true(#tostring(err) < 1000)
  end)
end)

describe("a URL is read", function()
  local READ = {
    { "postgresql://user:S%40x@host:5433/db", "user@host:5433/db" },
    { "postgresql://user:S:x@host/db", "user@host:" },
    { "postgresql://user:S#x@host/db", "user@host:" },
    { "postgresql://user:S?x@host/db", "user@host:" },
    { "postgresql://user:S@[::1]:5433/db", "user@::1:5433/db" },
    { "postgresql://user:S@one:1,two:2/db", "user@one,two:1,2/db" },
    { "postgresql://host/db?user=me@work&password=S", "me@work@host:" },
    { "postgresql:///db?host=/run/postgresql&password=S", "/run/postgresql" },
    { "host=one port=1 user=me dbname=db password='S x'", "me@one:1/db" },
  }
  for _, row in ipairs(READ) do
    it("when it reads " .. row[1] .. ", and shown without its password", function()
      local db <close> = mp.engine(with_password(row[1]))

      assert.is_truthy(tostring(db):find(row[2], 1, true), tostring(db))
      assert.is_nil(tostring(db):find(refusal.SECRET, 1, true))
    end)
  end
end)
