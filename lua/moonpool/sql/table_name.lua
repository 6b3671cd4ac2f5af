-- A table's name as users write it, `table`, `schema.table` or with parts in quotes, as SQL.
local errors = require "moonpool.errors"
local identifier = require "moonpool.sql.identifier"
local text = require "moonpool.util.text"

local table_name = {}

local function refuse(name)
  errors.raise {
    kind = "bad_argument",
    message = ("%s is no table's name"):format(text.show(name)),
    hint = 'write "table", "schema.table", or a part with other characters in double quotes',
  }
end

-- What is between the quotes at `from`, and where it ends; a doubled quote stands for one.
local function read_quoted(name, from)
  local parts, at = {}, from + 1
  while true do
    local stop = name:find('"', at, true)
    if not stop then refuse(name) end
    parts[#parts + 1] = name:sub(at, stop - 1)
    if name:sub(stop + 1, stop + 1) ~= '"' then return table.concat(parts, '"'), stop + 1 end
    at = stop + 2
  end
end

local function read_part(name, from)
  if name:sub(from, from) == '"' then return read_quoted(name, from) end
  local stop = name:find('[."]', from) or #name + 1
  return name:sub(from, stop - 1), stop
end

---Names are taken as they are written, capitals too.
---@param name string
---@return string  quoted when needed; raises `bad_argument` for what is no name
function table_name.quote(name)
  if type(name) ~= "string" or name == "" then refuse(name) end
  local parts, at = {}, 1
  repeat
    local part, after = read_part(name, at)
    parts[#parts + 1] = identifier.quote(part)
    if after <= #name and name:sub(after, after) ~= "." then refuse(name) end
    at = after + 1
  until after > #name
  if #parts > 2 then refuse(name) end
  return table.concat(parts, ".")
end

return table_name
