-- held_commit.lua - a table whose COMMIT the server holds, before its commit point, at a lock.
local eventually = require "spec.support.eventually"

local held_commit = {}

local LOCK = 471112

---Make the table; an insert of -1 makes the COMMIT wait while `hold` has the lock.
---@async
function held_commit.create(db, name)
  db:script((([[
    drop table if exists NAME; create table NAME (n int);
    create or replace function NAME_wait() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock(LOCK); return null; end $$;
    create constraint trigger NAME_wait after insert on NAME deferrable initially deferred
      for each row when (new.n = -1) execute function NAME_wait();
  ]]):gsub("NAME", name):gsub("LOCK", LOCK)))
end

---@async
function held_commit.drop(db, name)
  db:script(("drop table %s; drop function %s_wait"):format(name, name))
end

---Take the lock; closing what it gives lets the COMMIT go on.
---@async
function held_commit.hold(db)
  local tx = db:begin()
  tx:value("select pg_advisory_xact_lock($1)::text", LOCK)
  return tx
end

---@async
---@return integer pid  of the server's process that waits there
function held_commit.wait(db)
  return eventually(function()
    return db:value("select min(pid) from pg_locks where locktype = 'advisory' and not granted")
  end)
end

return held_commit
