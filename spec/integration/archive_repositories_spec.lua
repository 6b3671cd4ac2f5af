-- archive_repositories_spec.lua - the archive's repositories on a real server.
local archive = require "spec.support.archive"
local errors = require "moonpool.errors"

local DATABASE = "archive_repositories_spec"
local HASH = "$2b$12$notarealhash"
local stanza = archive.stanza

local INDEX = {
  stanza("libpq5", { Section = "libs", Maintainer = "Postgres <pg@example.org>" }),
  stanza("psql", { Depends = "libpq5 (>= 14)", Maintainer = "Postgres <pg@example.org>" }),
  stanza("app", { Depends = "mysql | psql, tool", ["Pre-Depends"] = "libpq5" }),
  stanza("tool", { Depends = "app", Recommends = "libpq5" }),
  stanza("doc", { Suggests = "libpq5", Description = "manual of the elephant" }),
}

local function names(rows)
  local list = {}
  for index, row in ipairs(rows) do list[index] = row.name end
  return list
end

describe("the archive's repositories", function()
  local Dependencies = require "repositories.dependency_repository"
  local Maintainers = require "repositories.maintainer_repository"
  local Packages = require "repositories.package_repository"
  local Users = require "repositories.user_repository"
  local Watches = require "repositories.watch_repository"
  local db, packages, users

  setup(function()
    db = archive.open(DATABASE)
    require("import.loader").load(db, archive.reader(INDEX))
    packages, users = Packages:using(db), Users:using(db)
  end)
  teardown(function() archive.drop(db, DATABASE) end)
  before_each(function() db:exec "delete from users" end)

  describe("packages", function()
    it("are found by name", function()
      local found = packages:by_name "psql"

      assert.equal("psql:amd64 1.0", found[1]:title())
      assert.same({}, packages:by_name "nothing")
    end)

    it("are found by words of their name and summary", function()
      assert.same({ "doc" }, names(packages:search("elephant manual"):list()))
      assert.same({ "psql" }, names(packages:search("psql"):list()))
      assert.same({ "app", "doc" }, names(packages:search("app or elephant"):list()))
      assert.equal(0, packages:search("elephant -manual"):count())
    end)

    it("are found by whatever is typed, without an error", function()
      for _, words in ipairs { "", "'", "\"", "a & | !", "%", "(:*)" } do
        assert.equal("number", type(packages:search(words):count()))
      end
    end)

    it("are searched within a section", function()
      assert.same({ "libpq5" }, names(packages:in_section("libs"):search("things"):list()))
    end)

    it("are walked page by page, forth and back", function()
      local first = packages:search("things"):page { size = 3 }
      local second = packages:search("things"):page { size = 3, after = first.next }
      local back = packages:search("things"):page { size = 3, before = second.prev }

      assert.same({ "app", "libpq5", "psql" }, names(first.items))
      assert.same({ "tool" }, names(second.items))
      assert.is_nil(second.next)
      assert.same(names(first.items), names(back.items))
    end)

    it("are iterated in order whatever the page's size", function()
      for _, size in ipairs { 1, 2, 5, 100 } do
        local seen = {}
        for package in packages:each(size) do seen[#seen + 1] = package.name end

        assert.same({ "app", "doc", "libpq5", "psql", "tool" }, seen)
      end
    end)

    it("are iterated within a scope", function()
      local seen = {}
      for package in packages:search("elephant"):each() do seen[#seen + 1] = package.name end

      assert.same({ "doc" }, seen)
    end)

    it("tell what most depend on, each dependent counted once", function()
      assert.same({
        { name = "libpq5", dependents = 2 },
        { name = "app", dependents = 1 },
        { name = "mysql", dependents = 1 },
      }, packages:most_depended_on(3))
    end)

    it("tell what depends on them, through others and around circles", function()
      assert.same({ "app", "psql", "tool" }, packages:dependents_of "libpq5")
      assert.same({ "tool" }, packages:dependents_of "app")
      assert.same({}, packages:dependents_of "doc")
    end)
  end)

  describe("dependencies", function()
    it("come as groups of alternatives", function()
      local groups = Dependencies:using(db):groups_of(packages:by_name("app")[1].id, "depends")

      assert.equal(2, #groups)
      assert.same({ "mysql", "psql" }, { groups[1][1]:text(), groups[1][2]:text() })
      assert.equal("tool", groups[2][1]:text())
    end)

    it("are written as the index writes them", function()
      local groups = Dependencies:using(db):groups_of(packages:by_name("psql")[1].id, "depends")

      assert.equal("libpq5 (>= 14)", groups[1][1]:text())
    end)

    it("are counted by group and by alternative", function()
      local dependencies = Dependencies:using(db)

      assert.equal(7, dependencies:count_groups())
      assert.equal(8, dependencies:count())
      assert.same({}, dependencies:broken())
    end)
  end)

  describe("maintainers", function()
    it("are ranked by their packages", function()
      local ranked = Maintainers:using(db):with_most_packages()

      assert.same({ "A Team", "Postgres" }, names(ranked))
      assert.same({ 3, 2 }, { ranked[1].packages, ranked[2].packages })
    end)

    it("are found by address, and their packages with them", function()
      local postgres = Maintainers:using(db):by_email("pg@example.org")[1]

      assert.same({ "libpq5", "psql" }, names(packages:maintained_by(postgres.id)))
    end)
  end)

  describe("users", function()
    it("are found by name and by address in any case", function()
      local ada = users:register("ada", "Ada@Example.org", HASH)

      assert.equal(ada.id, users:by_username("ada").id)
      assert.equal(ada.id, users:by_email("ADA@example.ORG").id)
      assert.is_nil(users:by_username "nobody")
    end)

    it("cannot share a name or an address", function()
      users:register("ada", "ada@example.org", HASH)

      local _, same_name = errors.try(users.register, users, "ada", "other@example.org", HASH)
      local _, same_email = errors.try(users.register, users, "other", "ADA@example.org", HASH)

      assert.same({ "unique_violation", "uq_users_username" },
        { same_name.kind, same_name.constraint })
      assert.same({ "unique_violation", "uq_users_email" },
        { same_email.kind, same_email.constraint })
    end)

    it("never have a plain password", function()
      local _, err = errors.try(users.register, users, "ada", "ada@example.org", "secret")

      assert.equal("ck_users_password_hash", err.constraint)
      assert.is_nil(tostring(err):find("secret", 1, true))
    end)

    it("watch a package once, until they no longer do", function()
      local ada = users:register("ada", "ada@example.org", HASH)
      local psql = packages:by_name("psql")[1]

      assert.is_true(users:watch(ada.id, psql.id))
      assert.is_false(users:watch(ada.id, psql.id))
      assert.same({ "psql" }, names(users:watched_by(ada.id)))
      assert.equal(1, Watches:using(db):count_of_package(psql.id))
      assert.is_true(users:unwatch(ada.id, psql.id))
      assert.is_false(users:unwatch(ada.id, psql.id))
    end)

    it("cannot watch a package that is not there", function()
      local ada = users:register("ada", "ada@example.org", HASH)

      local _, err = errors.try(users.watch, users, ada.id, 0)

      assert.equal("foreign_key_violation", err.kind)
    end)

    it("take their watches with them", function()
      local ada = users:register("ada", "ada@example.org", HASH)
      users:watch(ada.id, packages:by_name("psql")[1].id)

      users:delete(ada.id)

      assert.equal(0, Watches:using(db):count())
    end)
  end)
end)
