-- `timestamps()`: when a row was made and when it was last changed.
local column = require "moonpool.schema.column"
local fragment = require "moonpool.sql.fragment"

---`created_at` and `updated_at`; an update through a repository or a session moves the second.
---@return table  a group of columns
return function()
  return { kind = "group", build = function()
    local created = column.new("created_at", "timestamptz", { default = fragment "now()" })
    local updated = column.new("updated_at", "timestamptz", { default = fragment "now()" })
    updated.on_update = fragment "now()"
    return { created, updated }
  end }
end
