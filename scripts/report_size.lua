#!/usr/bin/env lua5.4
-- report_size.lua - lists the files and functions that are long enough for a second look.

local HERE = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = HERE .. "/?.lua;" .. package.path
local source_files = require "source_files"

local ROOT = arg[1] or HERE .. "/.."
local LONG_FILE, LONG_FUNCTION = 400, 60
local GENERATED = { ["runtime/base/sqlstate.c"] = true }

-- A function opens on a line that matches and ends with the first line that closes at its indent.
local SHAPES = {
  c = { folders = { runtime = true, bindings = true, host = true, spec = true },
    opens = "^()[%a][^;=]*%(?.*{$", closes = "}" },
  lua = { folders = { lua = true, scripts = true }, opens = "^(%s*).*%f[%w]function%f[%W].*%)$",
    closes = "end" },
}

local function lengths(text, shape)
  local functions, number, open = {}, 0, nil
  for line in text:gmatch("([^\n]*)\n") do
    number = number + 1
    local indent = line:match(shape.opens)
    if not open and indent and not line:find("^%a+ struct") and not line:find("^typedef") then
      open = { line = number, close = (type(indent) == "string" and indent or "") .. shape.closes }
    elseif open and line:sub(1, #open.close) == open.close then
      functions[#functions + 1] = { line = open.line, length = number - open.line + 1 }
      open = nil
    end
  end
  return functions, number
end

local function report_file(path, totals)
  local shape = SHAPES[path:match("%.(%w+)$")]
  if not shape or not shape.folders[path:match("^[^/]+")] or GENERATED[path] then return end
  local functions, lines = lengths(source_files.read(ROOT .. "/" .. path), shape)
  totals.files = totals.files + 1
  if lines > LONG_FILE then print(("%s: %d lines"):format(path, lines)) end
  for _, found in ipairs(functions) do
    totals[#totals + 1] = found.length
    if found.length > LONG_FUNCTION then
      print(("%s:%d: a function of %d lines"):format(path, found.line, found.length))
    end
  end
end

local function main()
  local totals = { files = 0 }
  for _, path in ipairs(source_files.list(ROOT)) do report_file(path, totals) end
  table.sort(totals)
  io.stderr:write(("sizes: %d files, %d functions, median %d lines, 90 %% within %d\n"):format(
    totals.files, #totals, totals[(#totals + 1) // 2] or 0, totals[math.ceil(#totals * 0.9)] or 0))
end

main()
