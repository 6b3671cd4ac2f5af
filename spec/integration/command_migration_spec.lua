-- command_migration_spec.lua - wrong migrations and revisions, found before a statement.
local command = require "spec.support.command"
local mp = require "moonpool"

local URL = os.getenv "MOONPOOL_SPEC_URL"
local DATABASE = "command_migrations"
local OWN_URL = URL:gsub("/spec%?", "/" .. DATABASE .. "?")
local LOCK = "select pg_advisory_lock(x'6D6F6F6E'::int, hashtext(current_database()))"

local function migration(revision, parent, body)
  return ([[
return require("moonpool").migration {
  revision = %q, down_revision = %s,
  upgrade = function(op) op:execute %q end,
  downgrade = function(op) op:execute "select 1" end,
}
]]):format(revision, parent and ("%q"):format(parent) or "nil", body or "select 1")
end

local FIRST = migration("r1", nil, "create table migrated_by_command ()")

-- the further files of a project whose first migration is right, and what stderr says
local BROKEN = {
  { "a syntax error", { b = "return {\n  1 +\n}\n" }, { "b.lua:3:" } },
  { "an error while it is read", { b = "\nerror 'no'" }, { "b.lua:2:", "no" } },
  { "no migration in it", { b = "return 5" }, { "b.lua:", "number" } },
  { "two heads", { b = migration("r2", "r1"), c = migration("r3", "r1") },
    { "heads", "r2", "r3" } },
  { "a missing parent", { b = migration("r2", "lost") }, { "b.lua:", "lost" } },
  { "the same revision twice", { b = migration("r1", nil) }, { "r1", "a.lua", "b.lua" } },
  { "a cycle", { b = migration("r2", "r3"), c = migration("r3", "r2") }, { "r2", "r3" } },
  { "bytecode", { b = string.dump(function() end) }, { "b.lua:1:", "compiled Lua" } },
  { "an unknown field", { b = 'return require("moonpool").migration { revison = "r2" }' },
    { "b.lua:", "revison", "revision" } },
  { "no revision", { b = 'return require("moonpool").migration { down_revision = "r1" }' },
    { "b.lua:", "revision" } },
}

-- arguments, exit code, and what stderr says, where the migrations are right
local REVISIONS = {
  { { "upgrade", "nope" }, 2, "nope" },
  { { "upgrade", "+9" }, 2, "cannot upgrade 9 revisions" },
  { { "downgrade", "nope" }, 2, "nope" },
  { { "downgrade", "-9" }, 2, "cannot downgrade 9 revisions" },
  { { "revision", "-m", "" }, 2, "message" },
  { { "revision", "-m", "x", "--head", "nope" }, 2, "nope" },
  { { "upgrade", "--wait", "-1" }, 2, "'-1'" },
  { { "upgrade", "--lock-timeout", "0" }, 2, "lock_timeout" },
}

local function assert_says(text, wanted)
  for _, part in ipairs(type(wanted) == "table" and wanted or { wanted }) do
    assert.is_truthy(text:find(part, 1, true), ("%q is not in: %s"):format(part, text))
  end
end

describe("the command's migrations", function()
  local control, db
  setup(function()
    control = mp.engine(URL, { pool = { max = 1 } })
    control:exec(("drop database if exists %s with (force)"):format(DATABASE))
    control:exec("create database " .. DATABASE)
    db = mp.engine(OWN_URL, { pool = { max = 1 } })
  end)
  teardown(function()
    db:close()
    control:exec(("drop database if exists %s with (force)"):format(DATABASE))
    control:close()
  end)

  local function project_of(files)
    local all = { ["moonpool.lua"] = "return {}", ["migrations/versions/a.lua"] = FIRST }
    for name, text in pairs(files) do all["migrations/versions/" .. name .. ".lua"] = text end
    return command.project(all)
  end

  local function run(project, ...)
    return project:run({ ... }, { DATABASE_URL = OWN_URL })
  end

  local function assert_untouched()
    assert.is_nil(db:value "select to_regclass('migrated_by_command')::text")
    assert.equal(0, db:value "select count(*) from pg_namespace where nspname = 'moonpool'")
  end

  for _, row in ipairs(BROKEN) do
    local name, files, says = table.unpack(row)
    it("refuse " .. name .. " before the first statement", function()
      local project = project_of(files)

      local found = run(project, "upgrade", "head")

      project:remove()
      assert_says(found.err, says)
      assert_says(found.err, "hint: ")
      assert.same({ 2, "" }, { found.code, found.out }, found.err)
      assert_untouched()
    end)
  end

  for _, row in ipairs(REVISIONS) do
    local arguments, code, says = table.unpack(row)
    it("refuse " .. table.concat(arguments, " "), function()
      local project = project_of {}

      local found = run(project, table.unpack(arguments))

      project:remove()
      assert_says(found.err, says)
      assert.same({ code, "" }, { found.code, found.out }, found.err)
      assert.is_nil(db:value "select to_regclass('migrated_by_command')::text")
    end)
  end

  it("end with 5 where someone else holds the lock, naming who", function()
    local project = project_of {}
    local conn <close> = db:connect()
    conn:query(LOCK)

    local found = run(project, "upgrade", "head", "--wait", "0.2")
    local listed = project:run({ "--json", "upgrade", "--wait", "0.2" }, { DATABASE_URL = OWN_URL })

    project:remove()
    assert_says(found.err, { "lock is held by process " .. conn:value "select pg_backend_pid()" })
    assert.same({ 5, "" }, { found.code, found.out }, found.err)
    assert.equal("migration", mp.json.decode(listed.out).error.kind)
    assert.equal(5, listed.code)
  end)

  it("keep nothing of a migration that fails", function()
    local project = project_of { b = migration("r2", "r1", "select *\nfrom nowhere_at_all") }

    local found = run(project, "upgrade", "head")

    assert.equal(1, found.code)
    assert_says(found.err, { "nowhere_at_all", "r2", "b.lua" })
    assert.equal("", found.out)
    assert.matches("^r1", run(project, "current").out)
    project:remove()
  end)
end)
