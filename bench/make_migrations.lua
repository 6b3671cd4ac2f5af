-- make_migrations.lua - writes a hundred trivial migrations, for the command and as one SQL script:
-- make_migrations.lua DIRECTORY
local DIRECTORY = assert(arg[1], "usage: make_migrations.lua DIRECTORY")
local COUNT = 100

local CONFIG = 'return { migrations = "migrations" }\n'

local MIGRATION = [[
local mp, c = require "moonpool", require "moonpool.column"

return mp.migration {
  revision = %q, down_revision = %s, message = "column %d",
  change = function(op)
    op:add_column("bench_wide", c.int4("c%d", { null = true }))
  end,
}
]]

local RESET = [[
set client_min_messages = warning;
drop schema if exists moonpool cascade;
drop table if exists bench_wide, bench_version;
create table bench_wide (id int4 primary key, note text);
create table bench_version (version int4);
insert into bench_version values (0);
]]

local STEP = [[
alter table bench_wide add column c%d int4;
update bench_version set version = %d;
]]

local function write(path, text)
  local file <close> = assert(io.open(DIRECTORY .. "/" .. path, "w"))
  file:write(text)
end

local function revision_of(number)
  return ("20260101T%06d"):format(number)
end

local function write_migration(number)
  local id = revision_of(number)
  local parent = number > 1 and ("%q"):format(revision_of(number - 1)) or "nil"
  write(("migrations/versions/%s_column.lua"):format(id),
    MIGRATION:format(id, parent, number, number))
end

assert(os.execute(("mkdir -p '%s/migrations/versions'"):format(DIRECTORY)))
local steps = {}
for number = 1, COUNT do
  write_migration(number)
  steps[number] = STEP:format(number, number)
end
write("moonpool.lua", CONFIG)
write("reset.sql", RESET)
write("all.sql", table.concat(steps))
