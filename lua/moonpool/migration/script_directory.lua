-- The directory of migration files: loads them all into a checked graph, and writes new ones.
local errors = require "moonpool.errors"
local revision_graph = require "moonpool.migration.revision_graph"
local source_file = require "moonpool.migration.source_file"
local target = require "moonpool.migration.target"
local template = require "moonpool.migration.template"

---@class moonpool.migration.FileSystem
---@field list fun(path: string): string[]?, string?  names, or nil and a reason
---@field read fun(path: string): string?, string?  text, or nil and a reason
---@field write fun(path: string, text: string): boolean?, string?
---@field make_directory fun(path: string): boolean?, string?  with parents; may be there

---@class moonpool.ScriptDirectory
---@field versions string  where the files are
---@field private fs moonpool.migration.FileSystem
---@field private require fun(name: string): any
---@field private pause function?
local ScriptDirectory = {}
ScriptDirectory.__index = ScriptDirectory

local script_directory = {}

local FILES_AT_ONCE = 8 -- then others have their turn

local function refuse(message, hint)
  errors.raise { kind = "bad_config", message = message, hint = hint }
end

local function names_of_migrations(names)
  local wanted = {}
  for _, name in ipairs(names) do
    if name:find("%.lua$") and name:sub(1, 1) ~= "." then wanted[#wanted + 1] = name end
  end
  table.sort(wanted)
  return wanted
end

---@class moonpool.migration.ScriptDirectoryOptions
---@field path string
---@field fs moonpool.migration.FileSystem
---@field require function?
---@field pause function?  called between files

---@param options moonpool.migration.ScriptDirectoryOptions
---@return moonpool.ScriptDirectory
function script_directory.new(options)
  return setmetatable({
    versions = options.path .. "/versions",
    fs = options.fs,
    require = options.require or require,
    pause = options.pause,
  }, ScriptDirectory)
end

---Load every file and check the whole graph. Raises `bad_config` naming file and line.
---@return moonpool.RevisionGraph
function ScriptDirectory:graph()
  local names, reason = self.fs.list(self.versions)
  if not names then
    refuse(("cannot read the migrations directory %s: %s"):format(self.versions, reason or "?"),
      "run the command in the project, or write a first migration: moonpool revision -m MESSAGE")
  end
  local records = {}
  for _, name in ipairs(names_of_migrations(names)) do
    records[#records + 1] = self:load_file(self.versions .. "/" .. name)
    if self.pause and #records % FILES_AT_ONCE == 0 then self.pause() end
  end
  return revision_graph.new(records)
end

---@private
function ScriptDirectory:load_file(path)
  local text, reason = self.fs.read(path)
  if not text then
    refuse(("%s:1: cannot read the file: %s"):format(path, reason or "?"),
      "a migration is a readable text file; move anything else out of " .. self.versions)
  end
  return source_file.load(path, text, self.require)
end

local function refuse_second_head(graph, parents, splice)
  if splice then return end
  for _, id in ipairs(parents) do
    local child = graph:children(id)[1]
    if child then
      refuse(("revision %s already has a child, %s; another would make a second head"):format(
        id, child), "start from the head, or ask for it with splice")
    end
  end
end

local function parents_of_new(graph, options)
  local goal = target.read(graph, options.head or "head", "upgrade")
  if not goal.ids then
    refuse(("head %q is a step, not a revision"):format(options.head), "name the revision")
  end
  refuse_second_head(graph, goal.ids, options.splice)
  return goal.ids
end

local function free_id(graph, time)
  local id = os.date("!%Y%m%dT%H%M%S", time)
  while graph:get(id) do
    time = time + 1
    id = os.date("!%Y%m%dT%H%M%S", time)
  end
  return id
end

local function check_message(message)
  if type(message) == "string" and message:find("%S") and utf8.len(message)
    and not message:find("\0", 1, true) then return end
  errors.raise {
    kind = "bad_argument",
    message = "a revision needs a message of UTF-8 text",
    hint = "say in a few words what it does: moonpool revision -m \"orders get a state\"",
  }
end

---@private
function ScriptDirectory:write_new(path, text)
  if self.fs.read(path) then
    refuse(("%s is there already"):format(path), "choose another message, or remove the file")
  end
  local written, reason = self.fs.write(path, text)
  if not written then
    refuse(("cannot write %s: %s"):format(path, reason or "?"), "check the directory's permissions")
  end
end

---Write a new migration file on top of the only head, or of `head`.
---@param options { message: string, time: integer, head: string?, splice: boolean? }  `time` in
--- seconds since the epoch; `head = "heads"` merges all heads
---@return { revision: string, file: string, parents: string[] }
function ScriptDirectory:create(options)
  check_message(options.message)
  local made, reason = self.fs.make_directory(self.versions)
  if not made then
    refuse(("cannot make %s: %s"):format(self.versions, reason or "?"),
      "check the directory's permissions")
  end
  local graph = self:graph()
  local parents = parents_of_new(graph, options)
  local id = free_id(graph, math.floor(options.time))
  local path = self.versions .. "/" .. template.file_name(id, options.message)
  self:write_new(path, template.text(id, parents, options.message))
  return { revision = id, file = path, parents = parents }
end

return script_directory
