-- rows.lua - what a sequence of rows can do: db:query(sql):as(User).
local driver = require "moonpool.driver"
local errors = require "moonpool.errors"
local lazy = require "moonpool.util.lazy"

-- Most programs read rows and know of no model.
local orm = lazy.fields({}, { mapper = { "moonpool.orm.mapper" },
  model = { "moonpool.orm.model" } })

local Rows = {}

---The rows as instances of a model, which no session knows; they are taken over. Columns that the
---model does not have stay fields.
---@param model moonpool.Model
---@return table[]
function Rows:as(model)
  if not orm.model.is_model(model) then
    errors.raise { kind = "bad_argument",
      message = ("rows are read as instances of a model, not of a %s"):format(type(model)),
      hint = "db:query(sql):as(User)" }
  end
  if self[1] and getmetatable(self[1]) then
    errors.raise { kind = "bad_argument", message = "these rows have no names of columns",
      hint = "take query for tuples, and its rows once: db:query(sql):as(User)" }
  end
  return orm.mapper.load_all(model, self)
end

driver.set_rows_class { __index = Rows }

return Rows
