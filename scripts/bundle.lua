-- bundle.lua - writes Lua modules as one C file: bundle.lua OUT ROOT FILE...
-- A FILE under ROOT is named by its path there, any other by its own name. They are compiled, with
-- their lines: to compile sixty at each start took longer than all the rest.

local ESCAPES = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["?"] = "\\?",
}

-- Octal has a fixed length in C, so a digit that follows is never taken for a part of it; the
-- question mark is escaped because two of them may start a trigraph.
local function c_string(text)
  return (text:gsub('[%c"?\\\128-\255]', function(byte)
    return ESCAPES[byte] or ("\\%03o"):format(byte:byte())
  end))
end

local function read_file(path)
  local file <close> = assert(io.open(path, "rb"))
  return assert(file:read("a"))
end

local function relative_path(root, path)
  local prefix = root:gsub("/*$", "/")
  if path:sub(1, #prefix) == prefix then return path:sub(#prefix + 1) end
  return path:match("[^/]+$")
end

local function module_name(relative)
  return (relative:gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", "."))
end

local function c_lines(text)
  local lines = {}
  for line in text:gmatch("[^\n]*\n?") do
    if line ~= "" then lines[#lines + 1] = '    "' .. c_string(line) .. '"' end
  end
  if #lines == 0 then lines[1] = '    ""' end
  return table.concat(lines, "\n")
end

local function c_entry(relative, text)
  return ('  { "%s", "@%s",\n%s,\n    %d },'):format(module_name(relative), relative,
    c_lines(text), #text)
end

-- By the interpreter of the library that will load it: 5.4 checks format and sizes then.
local function compile(relative, source)
  return string.dump(assert(load(source, "@" .. relative, "t")))
end

local function bundle(root, paths)
  local entries = {}
  for _, path in ipairs(paths) do
    local relative = relative_path(root, path)
    entries[#entries + 1] = { relative = relative, text = compile(relative, read_file(path)) }
  end
  table.sort(entries, function(a, b) return a.relative < b.relative end)
  local out = {
    "/* bundle.c - the Lua library, compiled; made by scripts/bundle.lua. */",
    '#include "host/bundle.h"', "",
    "const mp_script_module mp__bundle[] = {",
  }
  for _, entry in ipairs(entries) do out[#out + 1] = c_entry(entry.relative, entry.text) end
  out[#out + 1] = "};\n\nconst size_t mp__bundle_count = "
    .. "sizeof(mp__bundle) / sizeof(mp__bundle[0]);\n"
  return table.concat(out, "\n")
end

local function main(out_path, root, ...)
  local text = bundle(root, { ... })
  local file <close> = assert(io.open(out_path, "wb"))
  assert(file:write(text))
end

main(...)
