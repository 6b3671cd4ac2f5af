-- The ends of a statement: it runs on an engine, connection, transaction or pipeline.
local compiler = require "moonpool.sql.compiler"
local errors = require "moonpool.errors"
local null = require "moonpool.null"
local text = require "moonpool.util.text"

local terminal = { methods = {} }

local methods = terminal.methods

local MAX_PARAMS = 65535

local function is_executor(value)
  local kind = type(value)
  return (kind == "table" or kind == "userdata") and value ~= null
end

---@param executor table?
---@return table<string, string>?  names of schemas that stand for others
function terminal.schemas_of(executor)
  return is_executor(executor) and executor.schema_translation or nil
end

local function name_of(executor)
  local meta = getmetatable(executor)
  return type(meta) == "table" and meta.__name or text.show(executor)
end

local function check_executor(executor, method, called)
  if is_executor(executor) then
    if executor[called] then return end
    errors.raise { kind = "bad_argument",
      message = ("%s does not run on %s"):format(method, name_of(executor)),
      hint = "give an engine, a connection or a transaction" }
  end
  errors.raise { kind = "bad_argument",
    message = ("%s takes an engine, connection or transaction, not %s"):format(method,
      text.show(executor)),
    hint = ("write query:%s(db)"):format(method) }
end

local function compile(self, executor, method, called)
  check_executor(executor, method, called)
  local sql, params = compiler.compile(self, terminal.schemas_of(executor))
  if params.n > MAX_PARAMS then
    errors.raise {
      kind = "bad_argument",
      message = ("the statement has %d parameters"):format(params.n),
      hint = "a statement takes at most 65535: send the rows in smaller batches",
    }
  end
  return sql, params
end

local function run(self, executor, method, name)
  local sql, params = compile(self, executor, name or method, method)
  return executor[method](executor, sql, table.unpack(params, 1, params.n))
end

local MAX_REPEATS = 3

-- What a pipeline records has no answer yet.
local function is_recorder(executor)
  local meta = getmetatable(executor)
  return type(meta) == "table" and meta.__name == "moonpool.pipeline"
end

-- A statement may look at its answer and see that a new snapshot would show more of it.
local function run_until_complete(self, executor, method, name)
  local answer = run(self, executor, method, name)
  if not self.is_short or is_recorder(executor) then return answer end
  for _ = 1, MAX_REPEATS do
    if not self:is_short(answer) then break end
    answer = run(self, executor, method, name)
  end
  return answer
end

---Every row.
---@async
---@param db table  an executor, or a pipeline that records it
function methods:all(db) return run_until_complete(self, db, "query", "all") end

---The row, or nil; two raise `multiple_rows`.
---@async
function methods:one(db) return run_until_complete(self, db, "one") end

---The row; none raises `not_found`.
---@async
function methods:get(db)
  local row = self.is_short and run_until_complete(self, db, "one", "get")
  return row or run(self, db, "get")
end

---The first column of the only row.
---@async
function methods:value(db) return run_until_complete(self, db, "value") end

---The first column of every row.
---@async
function methods:column(db) return run_until_complete(self, db, "column") end

---Rows as arrays.
---@async
function methods:tuples(db) return run_until_complete(self, db, "tuples") end

---How many rows it touched.
---@async
---@return integer
function methods:exec(db) return run(self, db, "exec") end

---Rows one by one, in constant memory; for a generic `for`.
---@async
function methods:stream(db) return run(self, db, "stream") end

---@async
---@param options { batch: integer?, hold: boolean?, scroll: boolean? }?
function methods:cursor(db, options)
  local sql, params = compile(self, db, "cursor", "cursor")
  return db:cursor(sql, table.move(params, 1, params.n, 1, {}), options)
end

---The server's plan; with `{ analyze = true }` the statement is run.
---@async
---@param options table?  as for `db:explain`
function methods:explain(db, options)
  local sql, params = compile(self, db, "explain", "explain")
  if options then return db:explain(options, sql, table.unpack(params, 1, params.n)) end
  return db:explain(sql, table.unpack(params, 1, params.n))
end

return terminal
