-- Full text search: `body:matches("words of a user", { config = "english" })`.
local fit = require "moonpool.sql.fit"
local literal = require "moonpool.sql.literal"
local options = require "moonpool.options"
local term = require "moonpool.sql.term"

local full_text = { methods = {} }

local OPTIONS = {
  { name = "config", kind = "string", doc = "the text search configuration, such as english" },
  { name = "parser", kind = "choice", values = { "websearch", "plain", "phrase", "raw" },
    default = "websearch", doc = "how the words are read" },
}

local FUNCTIONS = { websearch = "websearch_to_tsquery", plain = "plainto_tsquery",
  phrase = "phraseto_tsquery", raw = "to_tsquery" }

-- The configuration is part of the text: an index is over one configuration.
local function call(name, config, argument)
  local arguments = { term.operand(argument) }
  if config then
    table.insert(arguments, 1, term.new("raw", { text = literal.quote(config) }))
  end
  return term.new("call", { name = name, arguments = arguments })
end

---Whether a text or tsvector matches a query; a string is what a user typed into a search box.
---@param query string | moonpool.sql.Expression  an expression is a tsquery as it is
---@param given { config: string?, parser: string? }?
function full_text.methods.matches(self, query, given)
  local operand = term.operand(self)
  fit.check(operand, "matches", { "tsvector", "text" })
  local read = options.read(OPTIONS, given, { kind = "bad_argument", what = "matches" })
  local document = operand.family == "text" and call("to_tsvector", read.config, operand) or operand
  local right = term.is(query) and query or call(FUNCTIONS[read.parser], read.config, query)
  return term.binary("@@", document, right, "bool")
end

return full_text
