#!/usr/bin/env lua5.4
-- check_docs.lua - refuses documents that name what does not exist: check_docs.lua [ROOT]
--
-- Looked at: links, `files` and `mp_names` in backticks, "`name` in `file`", and each block after
-- `<!-- from FILE -->`, which must stand in that file.

local HERE = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = HERE .. "/?.lua;" .. package.path
local source_files = require "source_files"

local ROOT = arg[1] or HERE .. "/.."
local SOURCES = { c = true, h = true, lua = true }
local EXTENSIONS = { c = true, h = true, lua = true, md = true, txt = true, cmake = true }

local function extension_of(path)
  return path:match("%.(%w+)$")
end

-- Paths that have a place: files, and every folder on the way to one.
local function index_paths(paths)
  local index = {}
  for _, path in ipairs(paths) do
    local rest = path
    while rest do
      local folder = rest:match("^(.*)/[^/]*$")
      index[rest] = true
      rest = folder
    end
  end
  return index
end

-- A document may leave out the folders that its reader knows: `conn.c`, `schema/types.lua`.
local function find_path(project, name)
  if project.index[name] then return name end
  local tail = "/" .. name
  for _, path in ipairs(project.paths) do
    if path:sub(-#tail) == tail then return path end
  end
end

local function load_project()
  local paths = source_files.list(ROOT)
  local project = { paths = paths, index = index_paths(paths), words = {}, words_of = {} }
  for _, path in ipairs(paths) do
    if SOURCES[extension_of(path)] then
      local words = {}
      for word in source_files.read(ROOT .. "/" .. path):gmatch("[%a_][%w_]*") do
        words[word], project.words[word] = true, true
      end
      project.words_of[path] = words
    end
  end
  return project
end

-- What is built, and what stands for several names, is not looked for.
local function is_path(text)
  if not text:find("^[%w_.][%w_./-]*$") or not text:find "%a" or text:find("..", 1, true) then
    return false
  end
  if text:find "^build/" or text:find "^%.moonpool" then return false end
  if text:find("/", 1, true) then return extension_of(text) ~= "so" end
  return EXTENSIONS[extension_of(text)] == true
end

local function check_spans(project, text, report)
  for span in text:gmatch("`([^`\n]+)`") do
    if is_path(span) and not find_path(project, (span:gsub("/$", ""))) then
      report("no file is called " .. span)
    elseif span:find "^mpl?_+%w[%w_]*$" and not project.words[span] then
      report("nothing is called " .. span)
    end
  end
end

local function check_places(project, text, report)
  for name, file in text:gmatch("`([%w_]+)`%s+in%s+`([%w_./]+%.%a+)`") do
    local words = project.words_of[find_path(project, file)]
    if words and not words[name] then report(("%s is not in %s"):format(name, file)) end
  end
end

-- Without "FOLDER/..".
local function resolve(path)
  local shorter, count = path:gsub("[^/.]+/%.%./", "", 1)
  return count > 0 and resolve(shorter) or path
end

local function check_links(project, text, report, path)
  local folder = path:match("^(.*/)") or ""
  for target in text:gmatch("%]%(([^)#]+)[^)]*%)") do
    local name = resolve((folder .. target):gsub("/$", ""))
    if not target:find("^%a+:") and not project.index[name] then
      report("links to nothing: " .. target)
    end
  end
end

local function check_quotes(project, text, report)
  for file, block in text:gmatch("<!%-%- from (%S+) %-%->\n```%w*\n(.-)```") do
    local source = project.index[file] and source_files.read(ROOT .. "/" .. file)
    if not source or not source:find(block, 1, true) then report("does not stand in " .. file) end
  end
end

local CHECKS = { check_spans, check_places, check_links, check_quotes }

local function main()
  local project, documents, findings = load_project(), 0, 0
  for _, path in ipairs(project.paths) do
    if extension_of(path) == "md" then
      documents = documents + 1
      local function report(finding)
        findings = findings + 1
        print(("%s: %s"):format(path, finding))
      end
      local text = source_files.read(ROOT .. "/" .. path)
      for _, check in ipairs(CHECKS) do check(project, text, report, path) end
    end
  end
  io.stderr:write(("docs: %d documents, %d findings\n"):format(documents, findings))
  return documents > 0 and findings == 0
end

os.exit(main())
