-- init.lua - the façade: every name that a program uses, each loaded when it is first asked for.

-- The core comes first, so that everything shares its mp.null. Without it (stock Lua, pure specs)
-- the pure names still work, and the others raise what `require` has to say.
local has_core, driver = pcall(require, "moonpool.driver")
local lazy = require "moonpool.util.lazy"

local mp = {}

local PARTS = {
  engine = { "moonpool.engine", "open" },

  spawn = { "moonpool.task", "spawn" },
  all = { "moonpool.task", "all" },
  sleep = { "moonpool.task", "sleep" },
  deadline = { "moonpool.task", "deadline" },
  shield = { "moonpool.task", "shield" },
  run = { "moonpool.task", "run" },
  coroutine = { "moonpool.coroutine" },

  is_error = { "moonpool.errors", "is_error" },
  try = { "moonpool.errors", "try" },

  resolve = { "moonpool.resolve", "outcome" },

  null = { "moonpool.null" },
  decimal = { "moonpool.driver", "decimal" },
  timestamp = { "moonpool.driver", "timestamp" },
  date = { "moonpool.driver", "date" },
  time = { "moonpool.driver", "time" },
  interval = { "moonpool.driver", "interval" },
  range = { "moonpool.range", "new" },
  json = { "moonpool.driver", "json" },
  list = { "moonpool.driver", "list" },
  uuid = { "moonpool.driver", "uuid" },

  model = { "moonpool.orm.model", "new" },
  timestamps = { "moonpool.orm.mixin.timestamps" },
  soft_delete = { "moonpool.orm.mixin.soft_delete" },
  version = { "moonpool.orm.mixin.version" },
  audit = { "moonpool.orm.mixin.audit" },
  tenant = { "moonpool.orm.mixin.tenant" },
  computed = { "moonpool.orm.computed", "new" },
  hooks = { "moonpool.orm.hooks", "list" },
  value_object = { "moonpool.orm.value_object", "new" },
  embedded = { "moonpool.orm.embedded", "new" },
  belongs_to = { "moonpool.orm.relation.declare", "belongs_to" },
  has_one = { "moonpool.orm.relation.declare", "has_one" },
  has_many = { "moonpool.orm.relation.declare", "has_many" },
  many_to_many = { "moonpool.orm.relation.declare", "many_to_many" },
  load = { "moonpool.orm.instance", "load" },
  index = { "moonpool.schema.index", "new" },
  unique = { "moonpool.schema.constraint", "unique" },
  check = { "moonpool.schema.constraint", "check" },
  primary_key = { "moonpool.schema.constraint", "primary_key" },
  foreign_key = { "moonpool.schema.constraint", "foreign_key" },
  exclude = { "moonpool.schema.constraint", "exclude" },
  enum = { "moonpool.schema.enum", "new" },
  domain = { "moonpool.schema.domain", "new" },
  composite = { "moonpool.schema.composite", "new" },
  range_type = { "moonpool.schema.range_type", "new" },
  sequence = { "moonpool.schema.sequence", "new" },
  extension = { "moonpool.schema.extension", "new" },
  schema = { "moonpool.schema.schema", "new" },
  view = { "moonpool.schema.view", "new" },
  materialized_view = { "moonpool.schema.materialized_view", "new" },
  func = { "moonpool.schema.func", "new" },
  trigger = { "moonpool.schema.trigger", "new" },
  policy = { "moonpool.schema.policy", "new" },
  grant = { "moonpool.schema.grant", "new" },
  partition = { "moonpool.schema.partition", "new" },
  reflect = { "moonpool.catalog.reflect", "read" },

  select = { "moonpool.sql.select" },
  insert = { "moonpool.sql.insert" },
  update = { "moonpool.sql.update" },
  delete = { "moonpool.sql.delete" },
  merge = { "moonpool.sql.merge" },
  values = { "moonpool.sql.values", "new" },
  cte = { "moonpool.sql.cte", "new" },
  recursive = { "moonpool.sql.cte", "recursive" },
  table = { "moonpool.sql.sample", "table" },
  tablesample = { "moonpool.sql.sample", "tablesample" },
  only = { "moonpool.sql.sample", "only" },
  joined = { "moonpool.sql.joined" },
  json_table = { "moonpool.sql.json_table" },
  rows_from = { "moonpool.sql.rows_from" },
  rollup = { "moonpool.sql.grouping", "rollup" },
  cube = { "moonpool.sql.grouping", "cube" },
  grouping_sets = { "moonpool.sql.grouping", "sets" },
  sql = { "moonpool.sql.fragment" },
  fn = { "moonpool.sql.expression", "fn" },
  lit = { "moonpool.sql.expression", "literal" },
  row = { "moonpool.sql.expression", "named_row" },
  tuple = { "moonpool.sql.tuple" },
  and_ = { "moonpool.sql.logic", "all" },
  or_ = { "moonpool.sql.logic", "any" },

  state = { "moonpool.orm.changes", "state" },
  changes = { "moonpool.orm.changes", "of" },
  distributed = { "moonpool.orm.distributed" },

  repository = { "moonpool.repository" },
  migration = { "moonpool.migration", "migration" },
  migrations = { "moonpool.migrations", "open" },
}

for _, name in ipairs { "gt", "gte", "lt", "lte", "ne", "like", "ilike", "between", "contains" } do
  PARTS[name] = { "moonpool.sql.operator", name }
end

for _, name in ipairs { "named", "variadic", "array", "case", "any_of", "all_of", "exists",
  "not_exists", "excluded", "default", "scalar" } do
  PARTS[name] = { "moonpool.sql.expression", name }
end

---`map(list, fn, options)` calls fn for each item, in tasks; `map(table)` marks a JSON object.
---@async
---@param list table
---@param fn? fun(item: any): any
---@param given? { limit: integer }
---@return table
function mp.map(list, fn, given)
  if fn == nil and given == nil and has_core then return driver.map(list) end
  return require("moonpool.task").map(list, fn, given)
end

return lazy.fields(mp, PARTS)
