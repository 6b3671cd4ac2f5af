-- archive_session_spec.lua - the archive in sessions: what loads together and is saved together.
local archive = require "spec.support.archive"
local errors = require "moonpool.errors"
local mp = require "moonpool"

local DATABASE = "archive_session_spec"
local HASH = "$2b$12$notarealhash"
local stanza = archive.stanza

local INDEX = {
  stanza("libpq5", { Maintainer = "Postgres <pg@example.org>" }),
  stanza("psql", { Depends = "libpq5 (>= 14), libc6", Maintainer = "Postgres <pg@example.org>" }),
  stanza("app", { Depends = "mysql | psql", Recommends = "libpq5" }),
}

local function names(objects)
  local list = {}
  for at, object in ipairs(objects) do list[at] = object.name end
  return list
end

local function texts(dependencies)
  local list = {}
  for at, dependency in ipairs(dependencies) do list[at] = dependency:text() end
  return list
end

describe("the archive's objects", function()
  local Dependency = require "models.dependency"
  local Maintainer = require "models.maintainer"
  local Package = require "models.package"
  local Packages = require "repositories.package_repository"
  local User = require "models.user"
  local Users = require "repositories.user_repository"
  local db

  local function package(session, name)
    return session:select(Package):where { name = name }:one()
  end

  local function watcher(packages)
    return User { username = "ada", email = "ada@example.org", password_hash = HASH,
      packages = packages }
  end

  local function rows(sql, ...)
    return db:column(sql, ...)
  end

  setup(function() db = archive.open(DATABASE) end)
  teardown(function() archive.drop(db, DATABASE) end)
  before_each(function()
    db:script "truncate users, watches, dependencies, packages, maintainers restart identity"
    require("import.loader").load(db, archive.reader(INDEX))
  end)

  it("load with their maintainer, dependencies and watchers", function()
    local s <close> = db:session()
    s:add(watcher { package(s, "psql") })
    s:commit()

    local other <close> = db:session()
    local psql = Packages.load(other, { "psql" })[1]
    psql:load "watchers"

    assert.equal("Postgres", psql.maintainer.name)
    assert.same({ "libpq5 (>= 14)", "libc6" }, texts(psql.dependencies))
    assert.equal("ada", psql.watchers[1].username)
  end)

  it("load for all siblings at once", function()
    local s <close> = db:session { max_statements = 2 }
    local packages = s:select(Package):order_by "name":all()

    local found = {}
    for at, each in ipairs(packages) do found[at] = each:load("maintainer").name end

    assert.same({ "A Team", "Postgres", "Postgres" }, found)
  end)

  it("are new together, whatever keys the server makes", function()
    local s <close> = db:session()
    local team = Maintainer { name = "New", email = "new@example.org" }
    s:add(Package { name = "fresh", version = "1", architecture = "all", source_package = "fresh",
      maintainer = team, dependencies = {
        Dependency { kind = "depends", group_number = 1, alternative_number = 1, target = "app" },
      } })
    s:commit()

    assert.same({ "app" }, rows([[
      select d.target from maintainers m join packages p on p.maintainer_id = m.id
      join dependencies d on d.package_id = p.id where m.name = 'New' and p.id = $1]],
      package(s, "fresh").id))
  end)

  it("move from one maintainer to another", function()
    local s <close> = db:session()
    local postgres = s:select(Maintainer):where { name = "Postgres" }:with { "packages" }:one()
    local team = s:select(Maintainer):where { name = "A Team" }:with { "packages" }:one()

    for _, each in ipairs(postgres.packages) do each.maintainer = team end
    s:commit()

    assert.same({}, names(postgres.packages))
    assert.equal(3, #team.packages)
    assert.equal(3, db:value("select count(*) from packages where maintainer_id = $1", team.id))
  end)

  it("change their dependencies in place", function()
    local s <close> = db:session()
    local psql = s:select(Package):where { name = "psql" }:with { "dependencies" }:one()

    table.remove(psql.dependencies, 2)
    psql.dependencies[1].version = "15"
    s:commit()

    assert.same({ "libpq5 >= 15" }, rows(
      "select target || ' ' || operator || ' ' || version from dependencies where package_id = $1",
      psql.id))
  end)

  it("are watched and no longer watched by changing a list", function()
    local s <close> = db:session()
    local ada = s:add(watcher { package(s, "psql"), package(s, "app") })
    s:commit()

    table.remove(ada.packages, 1)
    table.insert(ada.packages, package(s, "libpq5"))
    s:commit()

    local other <close> = db:session()
    local loaded = Users.load(other, "ada")
    assert.same({ "app", "libpq5" }, names(loaded.packages))
    assert.equal("Postgres", loaded.packages[2].maintainer.name)
  end)

  it("go with what belongs to them", function()
    local s <close> = db:session()
    s:delete(package(s, "psql"))
    s:commit()

    assert.same({ "app", "libpq5" }, rows "select name from packages order by name")
    assert.same({ "libpq5", "mysql", "psql" },
      rows "select target from dependencies order by target")
  end)

  it("are left alone when one of them is refused", function()
    local s <close> = db:session()
    local psql = package(s, "psql")
    psql.summary = "changed"
    s:add(User { username = "Not a name", email = "x@example.org", password_hash = HASH })

    local _, err = mp.try(s.commit, s)

    assert.is_true(errors.is_error(err, "check_violation"), tostring(err))
    assert.equal("psql does things", db:value "select summary from packages where name = 'psql'")
    assert.same("persistent", (mp.state(psql)))
  end)
end)
