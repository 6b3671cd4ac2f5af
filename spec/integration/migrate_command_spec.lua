-- migrate_command_spec.lua - the migration verbs as processes, on the archive's schema.
local driver = require "moonpool.driver"
local mp = require "moonpool"
local process = require "moonpool.process"
local schema_dump = require "spec.support.schema_dump"

local DATABASE = "migrate_command_spec"
local system = driver.system

-- Which tables were made, and by how many processes, as the server saw it.
local WATCH = [[
create table ddl_seen (pid int4, tag text, identity text);
create function see_ddl() returns event_trigger language plpgsql as $$
begin
  insert into ddl_seen select pg_backend_pid(), command_tag, object_identity
    from pg_event_trigger_ddl_commands()
    where command_tag = 'CREATE TABLE' and schema_name = 'public';
end $$;
create event trigger see_ddl on ddl_command_end execute function see_ddl();]]

local function migrate(url, ...)
  local whole = { system.exe_path(), "--quiet", "--url", url, ... }
  whole.stdout = "null"
  local child <close> = process.open(whole)
  return (child:wait())
end

describe("the migration verbs", function()
  local admin, url
  setup(function()
    admin = mp.engine()
    admin:exec("create database " .. DATABASE)
    url = os.getenv("MOONPOOL_SPEC_URL"):gsub("/spec%?", "/" .. DATABASE .. "?")
  end)
  teardown(function()
    admin:exec("drop database " .. DATABASE .. " with (force)")
    admin:close()
  end)

  it("run each migration once when two processes start together", function()
    local db <close> = mp.engine(url)
    db:script(WATCH)

    local codes = mp.map({ 1, 2 }, function() return migrate(url, "upgrade", "head") end)

    assert.same({ 0, 0 }, codes)
    local made = db:query("select identity, count(*) as times from ddl_seen group by identity")
    assert.is_true(#made >= 5)
    for _, row in ipairs(made) do assert.equal(1, row.times, row.identity) end
    db:script "drop event trigger see_ddl; drop function see_ddl; drop table ddl_seen"
  end)

  it("give the same schema after going down and up again", function()
    assert.equal(0, migrate(url, "upgrade", "head"))
    local before = schema_dump.read(url)

    assert.equal(0, migrate(url, "downgrade", "base"))
    local between = schema_dump.read(url)
    assert.equal(0, migrate(url, "upgrade", "head"))

    assert.not_equal(before, between)
    assert.equal(before, schema_dump.read(url))
  end)
end)
