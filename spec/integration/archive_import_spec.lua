-- archive_import_spec.lua - the importer on a real server: what it writes and what it leaves alone.
local archive = require "spec.support.archive"
local errors = require "moonpool.errors"
local fewer = require "spec.support.fewer"
local mp = require "moonpool"

local DATABASE = "archive_import_spec"
local stanza = archive.stanza

local INDEX = {
  stanza("hello", { Depends = "libc6 (>= 2.36), editor | vi:any (<< 9~)", Suggests = "world" }),
  stanza("libc6", {
    Maintainer = "GNU <glibc@example.org>", Size = "12", ["Installed-Size"] = "34",
  }),
  stanza("world", { Description = "a world\n It turns.\n .\n Still." }),
}

-- Where each row lies and which transaction wrote it: equal snapshots mean that no row was written.
local SNAPSHOT = [[
select string_agg(row_text, ' ' order by row_text) from (
  select 'm' || ctid || xmin || ':' || xmax as row_text from maintainers
  union all select 'p' || ctid || xmin || ':' || xmax from packages
  union all select 'd' || ctid || xmin || ':' || xmax from dependencies) rows]]

-- The transactions that have asked for the importer's lock and do nothing now.
local ASKED_FOR_LOCK = [[
select count(*) from pg_stat_activity
where datname = current_database() and state = 'idle in transaction'
  and query like 'select pg_try_advisory_xact_lock%']]

describe("import.loader", function()
  local loader = require "import.loader"
  local db

  local function import(stanzas, size)
    local problems = {}
    local result = loader.load(db, archive.reader(stanzas, size), {
      lock_seconds = 0,
      on_problem = function(package, problem)
        problems[#problems + 1] = package .. " " .. problem
      end,
    })
    return result, problems
  end

  local function id_of(name)
    return db:value("select id from packages where name = $1", name)
  end

  setup(function() db = archive.open(DATABASE) end)
  teardown(function() archive.drop(db, DATABASE) end)
  before_each(function()
    db:script "truncate users, watches, dependencies, packages, maintainers restart identity"
  end)

  it("brings an index into the archive", function()
    local result, problems = import(INDEX)

    assert.same({}, problems)
    assert.same({ 3, 3, 4 }, { result.packages, result.groups, result.alternatives })
    assert.same({ "hello", "libc6", "world" }, db:column "select name from packages order by id")
    local row = db:get("select * from packages where name = 'libc6'")
    assert.same({ 34, 12, "libc6" }, { row.installed_size, row.download_size, row.source_package })
    assert.equal("It turns.\n\nStill.",
      db:value "select description from packages where name = 'world'")
    assert.equal(2, db:value "select count(*) from maintainers")
  end)

  it("keeps groups, alternatives, qualifiers and bounds", function()
    import(INDEX)

    assert.same({
      "depends 1.1 libc6 - >= 2.36",
      "depends 2.1 editor - - -",
      "depends 2.2 vi any << 9~",
      "suggests 1.1 world - - -",
    }, db:column [[
      select concat_ws(' ', kind, group_number || '.' || alternative_number, target,
        coalesce(target_architecture, '-'), coalesce(operator, '-'), coalesce(version, '-'))
      from dependencies order by kind, group_number, alternative_number]])
  end)

  it("writes no row when it runs again", function()
    import(INDEX)
    local before = db:value(SNAPSHOT)

    local result = import(INDEX, 7)

    assert.equal(0, result.changes.total)
    assert.equal(before, db:value(SNAPSHOT))
  end)

  it("leaves no staging table behind", function()
    import(INDEX)

    assert.equal(0, db:value "select count(*) from pg_class where relname like 'incoming%'")
  end)

  it("updates only what changed", function()
    import(INDEX)
    local hello = id_of "hello"

    local result = import {
      stanza("hello", { Depends = "libc6 (>= 2.37), editor | vi:any (<< 9~)", Suggests = "world" }),
      INDEX[2], (INDEX[3]:gsub("a world", "the world")),
    }

    assert.same({ added = 0, updated = 1, moved = 0, removed = 0 }, result.changes.packages)
    assert.same({ added = 0, updated = 1, removed = 0 }, result.changes.dependencies)
    assert.equal("the world", db:value "select summary from packages where name = 'world'")
    assert.equal("2.37", db:value(
      "select version from dependencies where package_id = $1 and target = 'libc6'", hello))
  end)

  it("removes packages that are gone, with what belongs to them", function()
    import(INDEX)

    local result = import { INDEX[2], INDEX[3] }

    assert.equal(1, result.changes.packages.removed)
    assert.same({ "libc6", "world" }, db:column "select name from packages order by name")
    assert.equal(0, db:value "select count(*) from dependencies")
  end)

  it("removes maintainers without packages", function()
    import(INDEX)

    local result = import { INDEX[1], INDEX[3] }

    assert.equal(1, result.changes.maintainers.removed)
    assert.same({ "A Team" }, db:column "select name from maintainers")
  end)

  it("removes and adds relations", function()
    import(INDEX)

    local result = import { stanza("hello", { Breaks = "old" }), INDEX[2], INDEX[3] }

    assert.same({ added = 1, updated = 0, removed = 4 }, result.changes.dependencies)
  end)

  it("keeps the row and the watchers of a package that changed its version", function()
    import(INDEX)
    local hello = id_of "hello"
    local user = db:value [[
      insert into users (username, email, password_hash)
      values ('ada', 'ada@example.org', '$2b$12$hash') returning id]]
    db:exec("insert into watches (user_id, package_id) values ($1, $2)", user, hello)

    local result = import { stanza("hello", { Version = "2.0" }), INDEX[2], INDEX[3] }

    assert.equal(1, result.changes.packages.moved)
    assert.equal("2.0", db:value("select version from packages where id = $1", hello))
    assert.equal(1, db:value "select count(*) from watches")
  end)

  it("keeps versions and architectures of one name apart", function()
    local index = {
      stanza("a"), stanza("a", { Version = "2.0" }), stanza("a", { Architecture = "i386" }),
    }

    import(index)
    local result = import(index)

    assert.equal(3, db:value "select count(*) from packages")
    assert.equal(0, result.changes.total)
  end)

  it("reports a stanza that stands twice and takes the first", function()
    local _, problems = import { stanza("a", { Section = "x" }), stanza("a", { Section = "y" }) }

    assert.same({ "a stands twice as amd64 1.0; the first one counts" }, problems)
    assert.equal("x", db:value "select section from packages")
  end)

  it("keeps what it cannot parse, and says of which package", function()
    local result, problems = import {
      stanza("a", { Depends = "b, c (", Size = "large" }), stanza("", {}), stanza("d"),
    }

    assert.same({
      'a size is no number: "large"',
      'a depends has a part that is no relation: "c ("',
      ' has no field "package" and is left out',
    }, problems)
    assert.equal(1, result.skipped)
    assert.equal("c (", db:value "select target from dependencies where is_broken")
  end)

  it("reads Latin-1 where the index is not UTF-8", function()
    local _, problems = import { stanza("a", { Maintainer = "Jos\233\0 <jose@example.org>" }) }

    assert.same({
      "a has NUL bytes, which are left out", "a is not UTF-8 and is read as Latin-1",
    }, problems)
    assert.equal("Jos\195\169", db:value "select name from maintainers")
  end)

  it("repairs what somebody changed by hand", function()
    import(INDEX)
    db:exec "delete from dependencies where target = 'libc6'"
    db:exec "update packages set summary = '' where name = 'world'"

    local result = import(INDEX)

    assert.equal(2, result.changes.total)
    assert.equal("a world", db:value "select summary from packages where name = 'world'")
  end)

  it("leaves the archive as it was when the index breaks off", function()
    import(INDEX)
    local before = db:value(SNAPSHOT)
    local next_chunk = archive.reader { stanza "other" }

    local ok, message = pcall(loader.load, db, function()
      return next_chunk() or error("the pipe broke", 0)
    end)

    assert.is_false(ok)
    assert.matches("the pipe broke", tostring(message))
    assert.equal(before, db:value(SNAPSHOT))
  end)

  it("refuses an index without packages", function()
    import(INDEX)

    local _, err = errors.try(import, { "\n" })

    assert.matches("the index has no packages; nothing was changed", tostring(err))
    assert.equal(3, db:value "select count(*) from packages")
  end)

  it("refuses to run beside another import", function()
    local _, err
    db:transaction(function(tx)
      tx:value "select pg_try_advisory_xact_lock(hashtext('package archive import'))"
      _, err = errors.try(import, INDEX)
    end)

    assert.matches("another import into this archive is running", tostring(err))
  end)

  it("waits a moment for another import to end", function()
    local tx = db:begin()
    tx:value "select pg_try_advisory_xact_lock(hashtext('package archive import'))"
    local task = mp.spawn(loader.load, db, archive.reader(INDEX), { lock_seconds = 10 })
    repeat until db:value(ASKED_FOR_LOCK) == 2
    tx:commit()

    assert.equal(3, task:await().packages)
  end)

  it("imports more packages than fit one batch", function()
    local index = {}
    local count = fewer(4500, 1200)
    for number = 1, count do
      index[number] = stanza("p" .. number, { Depends = ("p%d, x | y"):format(number - 1) })
    end

    local result = import(index, 65536)

    assert.same({ count, 2 * count, 3 * count },
      { result.packages, result.groups, result.alternatives })
    assert.equal(3 * count, db:value "select count(*) from dependencies")
    assert.equal(0, import(index).changes.total)
  end)
end)
