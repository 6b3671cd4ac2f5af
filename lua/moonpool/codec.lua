-- codec.lua - codecs of the user's own: how values of a named type are written and read.
local errors = require "moonpool.errors"
local options = require "moonpool.options"

local codec = {}

local OPTIONS = {
  { name = "encode", kind = "function", doc = "value -> string; strings alone when left out" },
  { name = "decode", kind = "function", doc = "string -> value; the string itself when left out" },
  { name = "format", kind = "choice", values = { "text", "binary" }, default = "text",
    doc = "what these strings are: the type's text, or its bytes" },
}

local function check_name(name)
  if type(name) == "string" and name ~= "" then return end
  errors.raise {
    kind = "bad_argument",
    message = ("the name of a type must be a string, got %s"):format(type(name)),
    hint = 'write db:codec("app.money2", { encode = f, decode = f })',
  }
end

---@class moonpool.CodecOptions
---@field encode? fun(value: any): string
---@field decode? fun(text: string): any
---@field format? "text"|"binary"

---Read and write values of a type by functions of your own, from the next statement on; also as
---elements of arrays and fields of rows. The functions may not wait.
---@param engine moonpool.Engine
---@param name string  "schema.type", or "type" where the search path finds it
---@param given moonpool.CodecOptions
function codec.set(engine, name, given)
  check_name(name)
  local chosen = options.read(OPTIONS, given, { kind = "bad_argument", what = "db:codec" })
  engine:codec_set(name, chosen.encode, chosen.decode, chosen.format == "binary")
end

return codec
