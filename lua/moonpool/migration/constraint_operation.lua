-- What the operations that add a constraint have in common: SQL, and drop_constraint as inverse.
local ddl = require "moonpool.schema.ddl"
local qualified_name = require "moonpool.migration.qualified_name"

---Complete a definition.
---@param definition table  `name`, `arguments`, `options`, and `build(given, options, of)`, which
--- gives the constraint with its name; `of` is the table's `{ schema=, name= }`
---@return moonpool.migration.Definition
return function(definition)
  local function build(given, options)
    local of = qualified_name.read(given.table)
    return of, definition.build(given, options, of)
  end

  return {
    name = definition.name,
    arguments = definition.arguments,
    options = definition.options,
    check = build,

    render = function(given, options)
      return { ddl.add_constraint(build(given, options)) }
    end,

    inverse = function(given, options)
      local _, item = build(given, options)
      return {
        name = "drop_constraint",
        arguments = { table = given.table, constraint = item.name },
      }
    end,
  }
end
