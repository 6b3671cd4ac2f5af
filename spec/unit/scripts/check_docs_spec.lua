-- check_docs_spec.lua - the script that reads documents sees what they say wrongly.

local function write(root, path, text)
  assert(os.execute(("mkdir -p '%s/%s'"):format(root, path:match("^(.*)/"))))
  local file <close> = assert(io.open(root .. "/" .. path, "w"))
  file:write(text)
end

local function check(root)
  local pipe = assert(io.popen(("lua5.4 scripts/check_docs.lua '%s' 2>/dev/null"):format(root)))
  local output = pipe:read("a")
  return pipe:close() == true, output
end

local HONEST = [[
`mp_pool_open` in `runtime/pool/pool.c`, or `pool.c` for short; `runtime/pool/`, `test_*.c`, 1/3.
[more](more.md) [above](../examples/hello.lua)

<!-- from examples/hello.lua -->
```lua
print "hello"
```
]]

describe("scripts/check_docs", function()
  local root

  before_each(function()
    root = os.tmpname()
    os.remove(root)
    write(root, "runtime/pool/pool.c", "int mp_pool_open(void);\n")
    write(root, "runtime/pool/slot.c", "int mp_slot_open(void);\n")
    write(root, "examples/hello.lua", '-- says so\nprint "hello"\n')
    write(root, "docs/more.md", "# More\n")
    write(root, "docs/text.md", HONEST)
  end)

  after_each(function() os.execute(("rm -rf '%s'"):format(root)) end)

  local function refuses(text, finding)
    write(root, "docs/text.md", text)

    local ok, output = check(root)

    assert.is_false(ok)
    assert.equal("docs/text.md: " .. finding .. "\n", output)
  end

  it("accepts names, links and quotes that are true", function()
    local ok, output = check(root)

    assert.equal("", output)
    assert.is_true(ok)
  end)

  it("refuses a file that does not exist", function()
    refuses("see `runtime/pool/gone.c`\n", "no file is called runtime/pool/gone.c")
  end)

  it("refuses a C name that no source knows", function()
    refuses("call `mp_pool_close`\n", "nothing is called mp_pool_close")
  end)

  it("refuses a name in another file than its own", function()
    refuses("`mp_slot_open` in\n`pool.c`\n", "mp_slot_open is not in pool.c")
  end)

  it("refuses a link to nothing", function()
    refuses("[gone](gone.md#part)\n", "links to nothing: gone.md")
  end)

  it("refuses a quotation that its file does not hold", function()
    refuses('<!-- from examples/hello.lua -->\n```lua\nprint "bye"\n```\n',
      "does not stand in examples/hello.lua")
  end)
end)
