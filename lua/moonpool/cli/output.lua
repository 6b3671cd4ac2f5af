-- Where the command writes: results to standard output, everything else to standard error.
local errors = require "moonpool.errors"
local redaction = require "moonpool.errors.redaction"

---@class moonpool.cli.Output
---@field is_json boolean
---@field private is_quiet boolean
---@field private is_verbose boolean
---@field private has_color boolean
---@field private streams table
---@field private encode fun(value: any): string
---@field private mark_list fun(values: any[]): any[]
local Output = {}
Output.__index = Output

local output = {}

local RED, PLAIN = "\27[1;31m", "\27[0m"

local ERROR_FIELDS = {
  "kind", "message", "hint", "sqlstate", "detail", "where", "query", "position", "schema", "table",
  "column", "constraint",
}

---@param given table  `options` of the command line, `streams` out and err, `has_color`, and of the
---  JSON codec `encode(value)` and `list(table)`
---@return moonpool.cli.Output
function output.new(given)
  return setmetatable({
    is_json = given.options.json == true,
    is_quiet = given.options.quiet == true,
    is_verbose = given.options.verbose == true,
    has_color = given.has_color and not given.options.no_color,
    streams = given.streams,
    encode = given.encode,
    mark_list = given.list,
  }, Output)
end

---A list that a document shows as one even when it is empty.
---@param values any[]
---@return any[]
function Output:list(values)
  return self.mark_list(values)
end

---Write a result: the document with --json, else the lines.
---@param document any
---@param lines string | string[]
function Output:result(document, lines)
  local text = lines
  if self.is_json then
    text = self.encode(document)
  elseif type(lines) == "table" then
    if #lines == 0 then return end
    text = table.concat(lines, "\n")
  end
  self.streams.out:write(text, text:sub(-1) == "\n" and "" or "\n")
  self.streams.out:flush()
end

---Say what happens, one line; not a result.
---@param text string
function Output:note(text)
  if not self.is_quiet then self.streams.err:write("moonpool: ", text, "\n") end
end

---@param text string
function Output:detail(text)
  if self.is_verbose then self:note(text) end
end

local function document_of(err)
  if not errors.is_error(err) then return { kind = "lua_error", message = tostring(err) } end
  local document = {}
  for _, name in ipairs(ERROR_FIELDS) do document[name] = err[name] end
  document.message, document.detail = redaction(err)
  return document
end

-- The place in the caller's Lua means something only where there is a caller's program.
local function text_of(err, has_place)
  if not errors.is_error(err) then return tostring(err) end
  local text = tostring(err)
  if has_place or not err.where then return text end
  local place = "\n  --> " .. err.where
  local first, last = text:find(place, 1, true)
  return first and text:sub(1, first - 1) .. text:sub(last + 1) or text
end

---Say that the command failed: text on standard error, and with --json the document too.
---@param err any
---@param traceback string?  of a program; nil where the error is the command's own
function Output:failure(err, traceback)
  if self.is_json then self:result({ error = document_of(err) }, "") end
  local text = text_of(err, traceback ~= nil)
  if self.has_color then text = text:gsub("^[^:\n]*", RED .. "%0" .. PLAIN, 1) end
  self.streams.err:write(text, "\n")
  local shown = traceback or self.is_verbose and errors.is_error(err) and err.traceback
  if shown then self.streams.err:write(shown, "\n") end
end

return output
