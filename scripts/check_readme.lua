#!/usr/bin/env lua5.4
-- check_readme.lua - runs the examples of a document, each on an empty database:
-- check_readme.lua MOONPOOL FILE
--
-- An example is a Lua block after `<!-- run -->`; it must print what its `-->` comments say.

local MOONPOOL, DOCUMENT = table.unpack(arg)

local function read_file(path)
  local file <close> = assert(io.open(path, "rb"))
  return assert(file:read("a"))
end

local function write_file(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

local function squeeze(text)
  return (text:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

local function expected_output(code)
  local lines = {}
  for line in code:gmatch("[^\n]+") do
    local said = line:match("%-%->%s*(.+)$")
    if said then lines[#lines + 1] = squeeze(said) end
  end
  return table.concat(lines, "\n")
end

local function actual_output(code)
  local path = os.tmpname()
  write_file(path, code)
  local reset = "drop schema public cascade; create schema public"
  assert(os.execute(("psql -X -q -c '%s' 2>/dev/null"):format(reset)))
  local pipe = assert(io.popen(("'%s' run '%s' 2>&1"):format(MOONPOOL, path)))
  local lines = {}
  for line in pipe:lines() do lines[#lines + 1] = squeeze(line) end
  pipe:close()
  os.remove(path)
  return table.concat(lines, "\n")
end

local function main()
  local passed, failed = 0, 0
  for code in read_file(DOCUMENT):gmatch("<!%-%- run %-%->\n```lua\n(.-)\n```") do
    local expected, actual = expected_output(code), actual_output(code)
    if expected == actual then
      passed = passed + 1
    else
      failed = failed + 1
      print(("--- this example\n%s\n--- should print\n%s\n--- and printed\n%s\n"):format(code,
        expected, actual))
    end
  end
  print(("%d passed, %d failed, 0 errors, 0 pending"):format(passed, failed))
  return passed > 0 and failed == 0
end

os.exit(main())
