-- check_layers_spec.lua - the layer script sees an arrow that points the wrong way.

local function write(root, path, text)
  assert(os.execute(("mkdir -p '%s/%s'"):format(root, path:match("^(.*)/"))))
  local file <close> = assert(io.open(root .. "/" .. path, "w"))
  file:write(text)
end

local function check(root)
  local pipe = assert(io.popen(("lua5.4 scripts/check_layers.lua '%s' 2>/dev/null"):format(root)))
  local output = pipe:read("a")
  local ok = pipe:close() == true
  return ok, output
end

describe("scripts/check_layers", function()
  local root

  before_each(function()
    root = os.tmpname()
    os.remove(root)
    write(root, "runtime/pool/pool.c", '#include "pool/pool.h"\n#include "pg/conn.h"\n')
    write(root, "lua/moonpool/sql/select.lua", 'local errors = require "moonpool.errors"\n')
  end)

  after_each(function() os.execute(("rm -rf '%s'"):format(root)) end)

  local function refuses(path, text, finding)
    write(root, path, text)

    local ok, output = check(root)

    assert.is_false(ok)
    assert.equal(finding .. "\n", output)
  end

  it("accepts arrows that point down", function()
    local ok, output = check(root)

    assert.is_true(ok)
    assert.equal("", output)
  end)

  it("accepts this project", function()
    local ok, output = check(".")

    assert.equal("", output)
    assert.is_true(ok)
  end)

  it("refuses an include of a layer above", function()
    refuses("runtime/pg/conn.c", '\n#include "pool/pool.h"\n',
      "runtime/pg/conn.c:2: runtime/pg may not include pool/pool.h")
  end)

  it("refuses an include of a layer beside", function()
    refuses("runtime/script/task.c", '#include "pg/conn.h"\n',
      "runtime/script/task.c:1: runtime/script may not include pg/conn.h")
  end)

  it("refuses an internal header in a binding", function()
    refuses("bindings/pool.c", '#include "pool/pool.h"\n',
      "bindings/pool.c:1: bindings may not include pool/pool.h")
  end)

  it("refuses an include by a relative path", function()
    refuses("runtime/base/map.c", '#include "../pg/conn.h"\n',
      "runtime/base/map.c:1: runtime/base includes by a relative path: ../pg/conn.h")
  end)

  it("refuses libpq outside the connection layer", function()
    refuses("bindings/result.c", "#include <libpq-fe.h>\n",
      "bindings/result.c:1: bindings may not include libpq-fe.h")
  end)

  it("refuses libuv outside the loop", function()
    refuses("runtime/pool/timer.c", "#include <uv.h>\n",
      "runtime/pool/timer.c:1: runtime/pool may not include uv.h")
  end)

  it("refuses Lua in the plain C layers", function()
    refuses("runtime/include/moonpool/pool.h", "#include <lua.h>\n",
      "runtime/include/moonpool/pool.h:1: runtime/include may not include lua.h")
  end)

  it("refuses the core behind any other door than the driver", function()
    refuses("lua/moonpool/engine.lua", 'local core = require("moonpool.core")\n',
      "lua/moonpool/engine.lua:1: lua/moonpool may not require moonpool.core")
  end)

  it("refuses the driver in a pure module", function()
    refuses("lua/moonpool/sql/insert.lua", "\nlocal driver = require 'moonpool.driver'\n",
      "lua/moonpool/sql/insert.lua:2: lua/moonpool/sql may not require moonpool.driver")
  end)

  it("refuses the façade in a pure module", function()
    refuses("lua/moonpool/orm/model.lua", 'local mp = require "moonpool"\n',
      "lua/moonpool/orm/model.lua:1: lua/moonpool/orm may not require moonpool")
  end)

  it("refuses a pure module that looks up", function()
    refuses("lua/moonpool/schema/table.lua", 'local model = require "moonpool.orm.model"\n',
      "lua/moonpool/schema/table.lua:1: lua/moonpool/schema may not require moonpool.orm.model")
  end)

  it("takes no example for code", function()
    local example = '-- require "moonpool"\nlocal s = [[\nrequire "moonpool"]]\n'
    write(root, "lua/moonpool/sql/doc.lua", example)

    assert.is_true((check(root)))
  end)

  it("refuses an empty tree, which would prove nothing", function()
    os.execute(("rm -rf '%s'/*"):format(root))

    assert.is_false((check(root)))
  end)
end)
