-- layers.lua - who may use whom, as data: the arrows of ARCHITECTURE.md, read by check_layers.lua.
--
-- A file belongs to the layer with the longest matching `path`. It may use its own layer and those
-- named in `uses` (with what lies in their folders), and include the guarded `headers` named.

local LUA_HEADERS = { "lua.h", "lauxlib.h", "lualib.h" }
local LIBRARY = "lua/moonpool"

local function prefixed(prefix, names)
  local paths = {}
  for index, name in ipairs(names) do paths[index] = prefix .. name end
  return paths
end

local function runtime(name, uses, headers)
  return { path = "runtime/" .. name, uses = prefixed("runtime/", uses), headers = headers }
end

-- Pure modules run on a stock interpreter: none of them has a way to the driver.
local function pure(name, uses)
  return { path = LIBRARY .. "/" .. name, uses = prefixed(LIBRARY .. "/", uses) }
end

return {
  layers = {
    runtime("include", {}),
    runtime("base", {}),
    runtime("loop", { "base" }, { "uv.h" }),
    runtime("value", { "base" }),
    runtime("pg", { "base", "loop" }, { "libpq-fe.h" }),
    runtime("pool", { "base", "loop", "pg" }),
    runtime("engine", { "base", "loop", "pg", "pool" }),
    runtime("session", { "base", "loop", "pg", "pool", "engine" }),
    runtime("script", { "base", "loop" }, LUA_HEADERS),
    { path = "bindings", uses = {}, headers = LUA_HEADERS },
    { path = "host", uses = { "runtime", "bindings" }, headers = LUA_HEADERS },

    { path = LIBRARY, uses = { LIBRARY } },
    { path = LIBRARY .. "/driver", uses = { LIBRARY .. "/errors" }, core = true },
    { path = LIBRARY .. "/null", uses = {}, core = true },
    pure("util", { "errors" }),
    pure("errors", { "null", "util" }),
    pure("options", { "errors", "null", "util" }),
    pure("engine_options", { "errors", "null", "util", "options" }),
    pure("sql", { "errors", "null", "util", "options" }),
    pure("schema", { "errors", "null", "util", "options", "sql" }),
    pure("column", { "errors", "null", "util", "options", "sql", "schema" }),
    pure("orm", { "errors", "null", "util", "options", "sql", "schema", "column" }),
    pure("catalog", { "errors", "null", "util", "options", "sql", "schema", "column", "orm" }),
    pure("repository", { "errors", "null", "util", "options", "sql", "schema", "column", "orm" }),
    pure("migration", { "errors", "null", "util", "options", "sql", "schema", "column" }),
    pure("testing", { "errors", "null", "util" }),
    { path = LIBRARY .. "/testing/assert_queries", uses = { LIBRARY } },
    pure("dotenv", { "errors", "util" }),
  },
  -- Headers that only the layers naming them may include.
  guarded = { "uv.h", "libpq-fe.h", "lua.h", "lauxlib.h", "lualib.h" },
  -- The one module made of C; only a layer with `core` may require it.
  core = "moonpool.core",
  folders = { "runtime", "bindings", "host", "lua/moonpool" },
}
