-- workloads.lua - what is measured and by whom, as data: each peer's program and its arguments.
--
-- A program prints "METRIC VALUE" lines: wall_us and cpu_us for each operation, start_kb and
-- peak_kb of memory. The first peer of a workload is its limit. What is `awake` runs while no core
-- may halt, what is `spawned` is measured from outside, as whole processes, so many in a row;
-- `before` prepares each run; `rounds` bounds what takes long.

local MIGRATE = "build/release/moonpool --quiet --config build/bench/migrations/moonpool.lua"
local RESET = "psql -Xqf build/bench/migrations/reset.sql > /dev/null"

local VACUUM = "psql -Xqc 'vacuum bench_item'"

local PROGRAMS = {
  limit = "build/release/bench/limit",
  pgbench = "bench/peers/pgbench",
  psql = "psql -XAtq",
  moonpool = "build/release/moonpool run bench/moonpool/",
  migrate = MIGRATE,
  asyncpg = "/usr/bin/python3 bench/peers/asyncpg_peer.py",
  psycopg = "/usr/bin/python3 bench/peers/psycopg_peer.py",
  pg = "node bench/peers/pg_peer.mjs",
  postgres = "node bench/peers/postgres_peer.mjs",
  pgx = "build/bench/pgx_peer",
  luasql = "lua5.4 bench/peers/luasql_peer.lua",
  psycopg2 = "/usr/bin/python3 bench/peers/psycopg2_peer.py",
  sqlalchemy = "/usr/bin/python3 bench/peers/sqlalchemy_peer.py",
  sqlalchemy_orm = "/usr/bin/python3 bench/peers/sqlalchemy_orm_peer.py",
  kysely = "node bench/peers/kysely_peer.mjs",
  drizzle = "node bench/peers/drizzle_peer.mjs",
  sequel = "ruby bench/peers/sequel_peer.rb",
  sequel_model = "ruby bench/peers/sequel_model_peer.rb",
}

local function peer(name, program, arguments)
  local separator = program == "moonpool" and "" or " "
  return { name = name, command = PROGRAMS[program] .. separator .. arguments }
end

-- Query builders and mappers are measured where they build; they load rows as their drivers do.
local BUILDERS = { kysely = true, drizzle = true }

local function without_builders(left_out)
  local names = {}
  for name in pairs(BUILDERS) do names[name] = true end
  for name in pairs(left_out) do names[name] = true end
  return names
end

-- The same call of every driver that is not ours.
local function drivers(arguments, left_out)
  local rows = {
    { "asyncpg", "asyncpg" }, { "psycopg 3 (Python)", "psycopg" }, { "pg", "pg" },
    { "postgres.js", "postgres" }, { "pgx 4", "pgx" }, { "LuaSQL", "luasql" },
    { "psycopg2", "psycopg2" }, { "SQLAlchemy", "sqlalchemy" }, { "kysely", "kysely" },
    { "drizzle", "drizzle" }, { "Sequel", "sequel" },
  }
  local peers = {}
  for _, row in ipairs(rows) do
    if not (left_out and left_out[row[2]]) then
      peers[#peers + 1] = peer(row[1], row[2], arguments)
    end
  end
  return peers
end

-- The same work of every mapper that is not ours; `loader` is how SQLAlchemy loads relations.
local function mappers(workload, loader)
  local arguments = loader and " " .. loader or ""
  return {
    peer("SQLAlchemy (psycopg2)", "sqlalchemy_orm", workload .. " psycopg2" .. arguments),
    peer("SQLAlchemy (asyncpg)", "sqlalchemy_orm", workload .. " asyncpg" .. arguments),
    peer("kysely", "kysely", workload), peer("drizzle", "drizzle", workload),
    peer("Sequel", "sequel_model", workload),
  }
end

local function join(first, second)
  return table.move(second, 1, #second, #first + 1, first)
end

return {
  {
    name = "w1", title = "W1: point select, one connection", unit = "query", awake = true,
    peers = join({
      peer("C libpq", "limit", "point_select"),
      peer("pgbench", "pgbench", "1"),
      peer("Moonpool", "moonpool", "point_select.lua"),
    }, drivers "point_select"),
  },
  {
    name = "w2_8", title = "W2: point selects of 64 tasks, 8 connections", unit = "query",
    peers = join({
      peer("C libpq", "limit", "point_select_pool"),
      peer("pgbench", "pgbench", "8"),
      peer("Moonpool", "moonpool", "point_select_tasks.lua 8"),
    }, drivers("point_select_tasks 8", { luasql = true, psycopg2 = true })),
  },
  {
    name = "w2_2", title = "W2: point selects of 64 tasks, 2 connections", unit = "query",
    peers = join({
      peer("C libpq, a sync each", "limit", "point_select_sync_each"),
      peer("C libpq, a sync per turn", "limit", "point_select_sync_turn"),
      peer("pgbench", "pgbench", "2"),
      peer("Moonpool", "moonpool", "point_select_tasks.lua 2"),
      peer("Moonpool db:read()", "moonpool", "point_select_tasks.lua 2 read"),
    }, drivers("point_select_tasks 2", { luasql = true, psycopg2 = true })),
  },
  {
    name = "w3", title = "W3: rows of twelve columns", unit = "row",
    peers = join({
      peer("C libpq", "limit", "type_rows"),
      peer("Moonpool", "moonpool", "type_rows.lua query"),
      peer("Moonpool tuples", "moonpool", "type_rows.lua tuples"),
      peer("asyncpg to dicts", "asyncpg", "type_rows dict"),
      peer("asyncpg to Records", "asyncpg", "type_rows record"),
    }, drivers("type_rows", without_builders { asyncpg = true })),
  },
  {
    name = "w4_copy", title = "W4: COPY of 100 000 rows", unit = "row",
    peers = join({
      peer("C libpq, binary", "limit", "copy_rows"),
      peer("Moonpool", "moonpool", "copy_rows.lua"),
    }, drivers("copy_rows", without_builders { pg = true, luasql = true, sqlalchemy = true })),
  },
  {
    name = "w4_insert", title = "W4: insert of 10 000 rows", unit = "row",
    peers = join({
      peer("C libpq, unnest", "limit", "insert_rows"),
      peer("Moonpool unnest", "moonpool", "insert_rows.lua unnest"),
      peer("Moonpool many", "moonpool", "insert_rows.lua many"),
    }, drivers("insert_rows", without_builders { sqlalchemy = true })),
  },
  {
    name = "w5_insert", title = "W5: insert of 10 000 objects, their keys read back",
    unit = "object",
    peers = join({
      peer("C libpq, unnest", "limit", "insert_objects"),
      peer("Moonpool", "moonpool", "insert_objects.lua"),
    }, mappers "insert_objects"),
  },
  {
    name = "w5_get", title = "W5: get by key, each in a fresh session", unit = "object",
    awake = true,
    peers = join({
      peer("C libpq", "limit", "get_objects"),
      peer("Moonpool", "moonpool", "get_objects.lua"),
    }, mappers "get_objects"),
  },
  {
    name = "w5_select", title = "W5: select of 10 000 objects of six columns", unit = "object",
    has_memory = true,
    peers = join({
      peer("C libpq", "limit", "select_objects"),
      peer("Moonpool", "moonpool", "select_objects.lua"),
    }, mappers "select_objects"),
  },
  {
    name = "w5_update", title = "W5: update of 1000 loaded objects in one flush", unit = "object",
    before = VACUUM,
    peers = join({
      peer("C libpq, unnest", "limit", "update_objects"),
      peer("Moonpool", "moonpool", "update_objects.lua"),
    }, mappers "update_objects"),
  },
  {
    name = "w5_eager", title = "W5: 500 parents and their 10 children each", unit = "object",
    peers = join({
      peer("C libpq", "limit", "eager_objects"),
      peer("Moonpool", "moonpool", "eager_objects.lua"),
      peer("SQLAlchemy (psycopg2), joined", "sqlalchemy_orm", "eager_objects psycopg2 joined"),
    }, mappers("eager_objects", "select_in")),
  },
  {
    name = "w6", title = "W6: a million rows, streamed", unit = "row", rounds = 3,
    has_memory = true,
    peers = join({
      peer("C libpq, row by row", "limit", "stream_accounts"),
      peer("Moonpool", "moonpool", "stream_accounts.lua"),
    }, drivers("stream_accounts", without_builders { pg = true })),
  },
  {
    name = "w7", title = "W7: a process, from its start to its first row", unit = "process",
    spawned = 5,
    peers = join({
      peer("C libpq", "limit", "first_row"),
      peer("psql", "psql", "-c 'select 1'"),
      peer("Moonpool", "moonpool", "first_row.lua"),
    }, drivers "first_row"),
  },
  {
    name = "w7_100", title = "W7: 100 pending migrations", unit = "process", spawned = 1,
    before = RESET,
    peers = {
      peer("psql", "psql", "-1f build/bench/migrations/all.sql"),
      peer("Moonpool", "migrate", "upgrade"),
    },
  },
  {
    name = "w7_0", title = "W7: no pending migration", unit = "process", spawned = 5,
    before = RESET .. " && " .. MIGRATE .. " upgrade > /dev/null",
    peers = {
      peer("psql", "psql", "-c 'select version from bench_version'"),
      peer("Moonpool", "migrate", "upgrade"),
    },
  },
}
