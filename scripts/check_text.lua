#!/usr/bin/env lua5.4
-- check_text.lua - opening lines, white space, final newlines: check_text.lua [--fix] [ROOT]

local HERE = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = HERE .. "/?.lua;" .. package.path
local source_files = require "source_files"

local FIX = arg[1] == "--fix"
local ROOT = arg[FIX and 2 or 1] or HERE .. "/.."

local TEXT = { c = true, h = true, lua = true, md = true, cmake = true, txt = true, json = true,
  supp = true, sql = true, py = true, mjs = true }

-- What the first line, or the one after #!, must look like; %s is the file's name.
local OPENINGS = {
  c = "^/%%* %s %%- %%S",
  h = "^/%%* .-%s %%- %%S",
  lua = "^%%-%%-%%-? ?%%S",
  cmake = "^# %s %%- %%S",
  py = "^# %s %%- %%S",
  mjs = "^// %s %%- %%S",
  script = "^# %s %%- %%S",
}

local function kind_of(path, text)
  local extension = path:match("%.(%w+)$")
  if path:find("CMakeLists.txt", 1, true) then return "cmake" end
  if TEXT[extension] then return extension end
  if text:find("^#!") then return "script" end
end

local function opening_finding(path, kind, text)
  local pattern = OPENINGS[kind]
  if not pattern then return nil end
  local line = text:gsub("^#![^\n]*\n", ""):match("^[^\n]*")
  local name = path:match("[^/]+$"):gsub("%p", "%%%0")
  if not line:find((pattern:format(name))) then return "does not open with its job" end
end

local function whitespace_finding(text)
  if text:find("[ \t]\n") then return "has trailing space" end
  if text:find("\t") then return "has tabs" end
  if text:find("\r") then return "has carriage returns" end
  if text ~= "" and not text:find("[^\n]\n$") then return "does not end with one newline" end
end

local function fix(path, text)
  local fixed = text:gsub("[ \t]+\n", "\n"):gsub("%s*$", "\n")
  if fixed == text then return text end
  local file <close> = assert(io.open(path, "wb"))
  file:write(fixed)
  return fixed
end

local function main()
  local checked, findings = 0, 0
  for _, path in ipairs(source_files.list(ROOT)) do
    local full = ROOT .. "/" .. path
    local text = source_files.read(full)
    local kind = kind_of(path, text)
    if kind then
      if FIX then text = fix(full, text) end
      checked = checked + 1
      local finding = opening_finding(path, kind, text) or whitespace_finding(text)
      if finding then
        findings = findings + 1
        print(("%s: %s"):format(path, finding))
      end
    end
  end
  io.stderr:write(("text: %d files, %d findings\n"):format(checked, findings))
  return checked > 0 and findings == 0
end

os.exit(main())
