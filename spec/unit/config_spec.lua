-- config_spec.lua - which root, settings and database a command works with.
local config = require "moonpool.config"

local function world(files, variables, cwd)
  return {
    read = function(path) return files[path], "no such file" end,
    exists = function(path) return files[path] ~= nil end,
    env = function(name) return (variables or {})[name] end,
    cwd = cwd or "/home/ada/shop",
  }
end

local function load(files, variables, given, cwd)
  return config.load(world(files, variables, cwd), given or {})
end

local function refusal(...)
  local ok, err = pcall(load, ...)
  assert.is_false(ok)
  assert.equal("bad_config", err.kind)
  return err.message
end

describe("moonpool.config", function()
  it("finds the nearest parent directory with moonpool.lua", function()
    local found = load({
      ["/home/moonpool.lua"] = "return {}",
      ["/home/ada/moonpool.lua"] = "return {}",
    }, nil, nil, "/home/ada/shop/lib")

    assert.equal("/home/ada", found.root)
    assert.equal("/home/ada/migrations", found.migrations)
  end)

  it("finds a project at the root directory", function()
    local found = load({ ["/moonpool.lua"] = "return {}" })

    assert.equal("/", found.root)
    assert.equal("/?.lua;/?/init.lua", found.lua_path)
  end)

  it("takes the current directory where there is no configuration", function()
    local found = load {}

    assert.equal("/home/ada/shop", found.root)
    assert.is_nil(found.file)
    assert.equal("private", found.source)
  end)

  it("makes the search path absolute, template by template", function()
    local found = load {
      ["/home/ada/shop/moonpool.lua"] = 'return { lua_path = "lua/?.lua;/opt/?.lua" }',
    }

    assert.equal("/home/ada/shop/lua/?.lua;/opt/?.lua", found.lua_path)
  end)

  it("lets the environment's section win over the file's own values", function()
    local files = {
      ["/home/ada/shop/moonpool.lua"] =
        'return { url = "a", migrations = "m", test = { url = "b" } }',
    }

    local found = load(files, { MOONPOOL_ENV = "test" })

    assert.equal("test", found.environment)
    assert.equal("b", found.url)
    assert.equal("/home/ada/shop/m", found.migrations)
    assert.equal("a", load(files).url)
  end)

  it("prefers --env to MOONPOOL_ENV", function()
    assert.equal("test", load({}, { MOONPOOL_ENV = "production" }, { env = "test" }).environment)
  end)

  it("refuses a mistyped environment with a suggestion", function()
    assert.matches('did you mean "production"', refusal({}, { MOONPOOL_ENV = "prodution" }))
  end)

  it("refuses an unknown key with a suggestion", function()
    local message = refusal { ["/home/ada/shop/moonpool.lua"] = "return { migration = 'm' }" }

    assert.matches('unknown option "migration".*did you mean "migrations"', message)
  end)

  it("names file and line of a syntax error", function()
    local message = refusal { ["/home/ada/shop/moonpool.lua"] = "return {\n  url = = 1\n}" }

    assert.matches("^/home/ada/shop/moonpool%.lua:2: ", message)
  end)

  it("names file and line of a failure", function()
    local message = refusal { ["/home/ada/shop/moonpool.lua"] = "\nlocal x = nil + 1" }

    assert.matches("moonpool%.lua:2: ", message)
  end)

  it("refuses bytecode, globals, and what is not a table", function()
    local file = "/home/ada/shop/moonpool.lua"

    assert.matches("compiled Lua", refusal { [file] = string.dump(function() end) })
    assert.matches('sets the global "url"', refusal { [file] = 'url = "x"' })
    assert.matches("returns a nil", refusal { [file] = "local x = {}" })
  end)

  it("refuses a file of --config that is not there", function()
    assert.matches("no configuration file /home/ada/shop/x%.lua",
      refusal({}, {}, { config = "x.lua" }))
  end)

  describe("choosing the database", function()
    local files = {
      ["/home/ada/shop/moonpool.lua"] = 'return { url = "from-file" }',
      ["/home/ada/shop/.env"] = "DATABASE_URL=from-dotenv\n",
    }
    local variables = { DATABASE_URL = "from-variable", PGHOST = "db" }

    local function choice(...)
      local found = load(...)
      return { found.url, found.source }
    end

    it("follows the order", function()
      local file = "/home/ada/shop/moonpool.lua"
      local only_file = { [file] = files[file] }

      assert.same({ "from-flag", "--url" }, choice(files, variables, { url = "from-flag" }))
      assert.same({ "from-variable", "DATABASE_URL" }, choice(files, variables))
      assert.same({ "from-dotenv", ".env" }, choice(files, { PGHOST = "db" }))
      assert.same({ "from-file", file }, choice(only_file, { PGHOST = "db" }))
      assert.same({ "postgresql://", "PG*" }, choice({}, { PGPORT = "5433" }))
      assert.same({ nil, "private" }, choice {})
    end)

    it("takes an empty variable for an unset one", function()
      assert.same({ nil, "private" }, choice({}, { DATABASE_URL = "", PGHOST = "" }))
    end)

    it("lets .env fill in PG* too, and never override", function()
      local found = load({ ["/home/ada/shop/.env"] = "PGHOST=a\nPGUSER=b" }, { PGUSER = "ada" })

      assert.equal("PG*", found.source)
      assert.same({ PGHOST = "a" }, found.variables)
    end)

    it("reads no .env in production", function()
      local dotfile = { ["/home/ada/shop/.env"] = "DATABASE_URL=x" }

      local found = load(dotfile, { MOONPOOL_ENV = "production" })

      assert.equal("private", found.source)
      assert.has_error(function() config.refuse_private_in_production(found) end)
    end)

    it("refuses a .env that says it is production", function()
      assert.matches("production reads no %.env",
        refusal { ["/home/ada/shop/.env"] = "MOONPOOL_ENV=production" })
    end)
  end)
end)
