#!/usr/bin/env lua5.4
-- check_layers.lua - refuses an include or a require against the arrows: check_layers.lua [ROOT]

local HERE = arg[0]:match("^(.*)/[^/]*$") or "."
local ROOT = arg[1] or HERE .. "/.."
local rules = dofile(HERE .. "/layers.lua")

local function contains(path, folder)
  return path == folder or path:sub(1, #folder + 1) == folder .. "/"
end

local function layer_of(path)
  local found
  for _, layer in ipairs(rules.layers) do
    local longer = not found or #layer.path > #found.path
    if longer and contains(path, layer.path) then found = layer end
  end
  return found
end

local function has(list, value)
  for _, each in ipairs(list or {}) do
    if each == value then return true end
  end
  return false
end

local function may_use(layer, other)
  if other == layer then return true end
  for _, folder in ipairs(layer.uses) do
    if contains(other.path, folder) then return true end
  end
  return false
end

-- The reason an include is refused, or nil.
local function check_include(layer, name)
  local header = name:match("[^/]+$")
  if has(rules.guarded, header) then
    if not has(layer.headers, header) then return "may not include " .. name end
    return nil
  end
  if name:find("..", 1, true) then return "includes by a relative path: " .. name end
  local folder = name:match("^([^/]+)/")
  if not folder then return nil end
  local path = (folder == "bindings" or folder == "host") and name or "runtime/" .. name
  local other = layer_of(path)
  if other and not may_use(layer, other) then return "may not include " .. name end
end

local function check_require(layer, name)
  if name == rules.core then
    if not layer.core then return "may not require " .. name end
    return nil
  end
  local other = layer_of("lua/" .. name:gsub("%.", "/"))
  if other and not may_use(layer, other) then return "may not require " .. name end
end

-- Code only: what stands in a comment or in a text of several lines is an example.
local function lua_code(text)
  local function blank(_, body) return (body:gsub("[^\n]", "")) end
  return (text:gsub("%[(=*)%[(.-)%]%1%]", blank):gsub("%-%-[^\n]*", ""))
end

local READERS = {
  lua = {
    clean = lua_code,
    pattern = "require%s*%(?%s*[\"']([%w_.]+)[\"']",
    check = check_require,
  },
  c = {
    clean = function(text) return text end,
    pattern = "#%s*include%s*[<\"]([^>\"]+)[>\"]",
    check = check_include,
  },
}
READERS.h = READERS.c

local function check_file(path, findings)
  local reader, layer = READERS[path:match("%.(%w+)$")], layer_of((path:gsub("%.%w+$", "")))
  if not reader or not layer then return end
  local file <close> = assert(io.open(ROOT .. "/" .. path, "rb"))
  local number = 0
  for line in (reader.clean(file:read("a")) .. "\n"):gmatch("([^\n]*)\n") do
    number = number + 1
    for name in line:gmatch(reader.pattern) do
      local reason = name:find("^moonpool/") == nil and reader.check(layer, name)
      if reason then
        findings[#findings + 1] = ("%s:%d: %s %s"):format(path, number, layer.path, reason)
      end
    end
  end
end

local function list_files()
  local folders = table.concat(rules.folders, " ")
  local command = ("cd '%s' && find %s -type f 2>/dev/null | LC_ALL=C sort"):format(ROOT, folders)
  local pipe <close> = assert(io.popen(command))
  local paths = {}
  for path in pipe:lines() do paths[#paths + 1] = path end
  return paths
end

local function main()
  local findings, paths = {}, list_files()
  for _, path in ipairs(paths) do check_file(path, findings) end
  for _, finding in ipairs(findings) do print(finding) end
  io.stderr:write(("layers: %d files, %d wrong arrows\n"):format(#paths, #findings))
  return #paths > 0 and #findings == 0
end

os.exit(main())
