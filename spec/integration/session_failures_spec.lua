-- session_failures_spec.lua - a flush that fails, wherever: nothing has happened, and it is mended.
local c = require "moonpool.column"
local eventually = require "spec.support.eventually"
local errors = require "moonpool.errors"
local mp = require "moonpool"
local proxy = require "spec.support.proxy"
local tables = require "spec.support.tables"

local SCHEMA = "session_failures_spec"

local function key() return c.int8("id", { primary_key = true, identity = true }) end

local Team = mp.model { "teams", key(), c.text "name",
  mp.has_many("players", { table = "players" }) }
local Player = mp.model { "players", key(), c.text "name", mp.version(),
  mp.belongs_to("team", { table = "teams", null = true }),
  mp.many_to_many("games", { table = "games", through = "entries" }) }
local Game = mp.model { "games", c.uuid("id", { primary_key = true, generate = "v4" }),
  c.text "name", c.jsonb("settings", { default = {} }) }
local Entry = mp.model { "entries", mp.belongs_to("player", { table = "players" }),
  mp.belongs_to("game", { table = "games" }), mp.primary_key { "player_id", "game_id" } }
local NAMES = { "teams", "players", "games", "entries" }

-- Each statement that writes counts down; the one that finds 1 fails. A name fails at COMMIT.
local FUSES = [[
  create sequence fuse; create table fuse_limit (at int8);
  create function fuse() returns trigger language plpgsql as $$ begin
    if nextval('fuse') = (select at from fuse_limit) then raise exception 'fuse'; end if;
    return null; end $$;
  create function late() returns trigger language plpgsql as $$ begin
    if new.name = 'late' then raise exception 'too late'; end if; return null; end $$;
  create constraint trigger late after insert or update on players deferrable initially deferred
    for each row execute function late()]]

local function dump(db)
  local rows = {}
  for at, name in ipairs(NAMES) do
    rows[at] = db:value(("select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)), '[]')::text "
      .. "from %s t"):format(name))
  end
  return rows
end

-- What a program can see of an object.
local function seen(objects)
  local list = {}
  for at, object in ipairs(objects) do
    local fields = {}
    for name, value in pairs(object) do
      fields[name] = type(value) == "table" and #value > 0 and { table.unpack(value) } or value
    end
    local state, changed = mp.state(object)
    list[at] = { state = state, changed = changed, fields = fields, changes = mp.changes(object) }
  end
  return list
end

describe("a session whose flush fails", function()
  local db
  setup(function()
    db = tables.open(SCHEMA)
    tables.create(db, Team, Player, Game, Entry)
    db:script(FUSES)
    for _, name in ipairs(NAMES) do
      db:exec(([[create trigger fuse before insert or update or delete on %s
        execute function fuse()]]):format(name))
    end
  end)
  teardown(function() tables.close(db, SCHEMA) end)
  before_each(function()
    db:exec "truncate teams, players, games, entries, fuse_limit restart identity"
    db:exec "insert into teams (name) values ('red'), ('blue'), ('gone')"
    db:exec "insert into players (name, team_id) select 'p' || n, 1 from generate_series(1, 6) n"
    db:exec "insert into games values ('00000000-0000-4000-8000-000000000001', 'chess', '{}')"
    db:exec "insert into entries select 1, id from games"
  end)

  -- Every kind of statement, over several round trips.
  local function edit(s)
    local teams = s:select(Team):with { players = { with = "games" } }:order_by("id"):all()
    local players = teams[1].players
    local chess = players[1].games[1]
    players[2].name = "renamed"
    players[3].team = teams[2]
    table.remove(players, 4)
    chess.settings.rounds = 9
    table.remove(players[1].games)
    s:delete(players[1])
    s:delete(teams[3])
    local fresh = s:add(Team { name = "green", players = { Player { name = "new",
      games = { chess, Game { name = "go" } } } } })
    s:plan() -- takes in what the new team holds
    return { teams[1], teams[2], teams[3], players[1], players[2], players[3], chess, fresh,
      fresh.players[1], fresh.players[1].games[2] }
  end

  local function set_fuse(at)
    db:pipeline(function(p)
      p:exec "delete from fuse_limit"
      p:query "select setval('fuse', 1, false)"
      if at then p:exec("insert into fuse_limit values ($1)", at) end
    end)
  end

  local function check_result()
    assert.equal(1, db:value [[select count(*) from players p join teams t on t.id = p.team_id
      where p.name = 'new' and t.name = 'green' and 2 = (select count(*) from entries e
      where e.player_id = p.id)]])
    assert.equal(0, db:value "select count(*) from teams where name = 'gone'")
    assert.equal("9", db:value "select settings->>'rounds' from games where name = 'chess'")
  end

  local HOW = { { "commit" }, { "flush" }, { "flush", begins = true }, { "flush", nests = true },
    { "commit", begins = true } }
  for _, how in ipairs(HOW) do
    it(("is ready for another %s, whichever statement failed%s%s"):format(how[1],
      how.begins and ", in a transaction" or "", how.nests and ", nested" or ""), function()
      local s <close> = db:session()
      if how.begins then s:begin() end
      local unit <close> = how.nests and s:nested() or nil
      local objects = edit(s)
      local before, looked = dump(db), seen(objects)
      local at, failed = 1
      repeat
        set_fuse(at)
        failed = select(2, errors.try(s[how[1]], s))
        if failed then
          assert.matches("fuse", tostring(failed))
          assert.same(before, dump(db))
          assert.same(looked, seen(objects))
          at = at + 1
        end
      until not failed
      assert.is_true(at > 8, at .. " statements")
      if unit then unit:commit() end
      s:commit()
      check_result()
    end)
  end

  it("takes back what was flushed before a COMMIT that fails", function()
    local s <close> = db:session()
    edit(s)
    local before = dump(db)
    s:flush()
    local late = s:add(Player { name = "late" })
    s:flush()
    assert.equal("persistent", (mp.state(late)))
    local _, err = errors.try(s.commit, s)
    assert.matches("too late", tostring(err))
    assert.equal("pending", (mp.state(late)))
    assert.is_nil(late.id)
    assert.same(before, dump(db))

    late.name = "early"
    s:commit()
    check_result()
    assert.equal(1, db:value "select count(*) from players where name = 'early'")
  end)

  it("does all of it again when its transaction was lost with the connection", function()
    local s <close> = db:session()
    edit(s)
    s:flush()
    s:get(Player, 6).name = "six"
    db:value("select pg_terminate_backend($1)", s:value "select pg_backend_pid()")
    local _, err = errors.try(s.commit, s)
    assert.is_true(err.kind == "tx_lost" or err.kind == "connection_lost", tostring(err))
    assert.equal(3, db:value "select count(*) from teams")
    s:commit()
    check_result()
    assert.equal("six", db:value "select name from players where id = 6")
  end)

  it("counts a row's versions also where no object of it is there", function()
    local s <close> = db:session()
    s:delete(s:get(Team, 1))
    s:commit()
    assert.same({ 6, 12 }, { db:value "select count(*) from players where team_id is null",
      db:value "select sum(version)::int8 from players" })
  end)

  it("fails at COMMIT in the same round trip, and is mended", function()
    local s <close> = db:session()
    local late = s:add(Player { name = "late" })
    local _, err = errors.try(s.commit, s)
    assert.matches("too late", tostring(err))
    assert.equal("pending", (mp.state(late)))
    late.name = "early"
    s:commit()
    assert.equal(1, db:value "select count(*) from players where name = 'early'")
  end)

  it("tells both versions of a row that was changed meanwhile", function()
    local s <close> = db:session()
    local player = s:get(Player, 1)
    s:get(Player, 2).name = "also"
    db:exec "update players set version = 7 where id = 1"
    player.name = "mine"
    local _, err = errors.try(s.commit, s)
    assert.same({ "stale_object", 1, 1, 7 },
      { err.kind, err.key, err.expected_version, err.actual_version })
    assert.equal("p2", db:value "select name from players where id = 2")
    s:refresh(player)
    player.name = "mine"
    s:commit()
    assert.same({ 8, 2 }, { player.version, s:get(Player, 2).version })
    s:delete(player)
    db:exec "update players set version = 9 where id = 1"
    _, err = errors.try(s.commit, s)
    assert.equal("stale_object", err.kind)
  end)

  for _, how in ipairs { "commit", "flush", "flush in a transaction", "nested" } do
    it(("can be tried again when its time was up: %s"):format(how), function()
      local s <close> = db:session()
      local players = s:select(Player):order_by("id"):all()
      if how == "flush in a transaction" then s:begin() end
      local unit <close> = how == "nested" and s:nested() or nil
      players[1].name = "late?"
      local fresh = s:add(Player { name = "fresh" })
      do
        local blocker <close> = db:begin()
        blocker:exec "update players set team_id = 2 where id = 1"
        local method = how == "commit" and s.commit or s.flush
        local err = select(2, errors.try(mp.deadline, 0.1, method, s))
        assert.equal("timeout", err.kind)
        assert.same({ "pending", { "name" } },
          { (mp.state(fresh)), (select(2, mp.state(players[1]))) })
        assert.is_nil(fresh.id)
      end
      if unit then unit:commit() end
      s:commit()
      assert.same({ "fresh", "late?" },
        db:column "select name from players where name like '%e%' order by name")
    end)
  end

  local outcomes = {}
  local UNKNOWN = { commit_unknown = true, outcome_unknown = true }

  -- A server whose client has gone may still be committing.
  local function wait_for_server()
    eventually(function()
      return db:value([[select count(*) = 0 from pg_stat_activity
        where application_name = $1 and state <> 'idle']], SCHEMA)
    end)
  end

  local function cut_at(direction, message)
    local before = dump(db)
    local cut <close> = proxy.open(("%s message:%d fin"):format(direction, message))
    local through <close> = mp.engine(cut.url, { pool = { max = 1, check_after_idle = false },
      application_name = SCHEMA, settings = { search_path = SCHEMA .. ", public" } })
    local s <close> = through:session()
    local red = Team { name = "cut", players = { Player { name = "cut", games = { Game {
      name = "cut" } } } } }
    s:add(red)
    local _, err = errors.try(s.commit, s)
    wait_for_server()
    local is_there = db:value "select count(*) from players where name = 'cut'" == 1
    if not err then
      assert.is_true(is_there)
    elseif UNKNOWN[err.kind] then
      local outcome = err.kind == "commit_unknown" and mp.resolve(err) or "unknown"
      outcomes[outcome] = (outcomes[outcome] or 0) + 1
      assert.is_true(outcome == "unknown" or (outcome == "committed") == is_there, outcome)
      if not is_there then assert.same(before, dump(db)) end
      local refused = select(2, errors.try(s.commit, s))
      assert.matches("nobody knows", refused.message)
      if not is_there then
        s:rollback()
        s:add(red)
        s:commit()
      end
    else
      assert.same(before, dump(db))
      assert.equal("pending", (mp.state(red)))
      s:commit()
      assert.equal(1, db:value "select count(*) from players where name = 'cut'")
    end
    return err
  end

  for _, direction in ipairs { "front", "back" } do
    it(("loses its connection at any message to the %s"):format(direction), function()
      local fine, message = 0, 3
      repeat
        db:exec "delete from entries where player_id > 6"
        db:exec "delete from players where name = 'cut'"
        db:exec "delete from teams where name = 'cut'"
        db:exec "delete from games where name = 'cut'"
        fine = cut_at(direction, message) and 0 or fine + 1
        message = message + 1
      until fine == 3
      assert.is_true(message > 15)
      if direction == "back" then assert.is_true((outcomes.committed or 0) > 0) end
    end)
  end
end)
