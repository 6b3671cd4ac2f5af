-- scope_world.lua - a connection on which groups begin and finish transactions, who looks on, and
-- the calls that specs of them make.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

local world = { INSERT = "insert into scope_spec values ($1, $2)" }

---@return table entry  of a group
function world.insert(id, note)
  return { method = "exec", sql = world.INSERT, n = 2, id, note }
end

---@return table entry
function world.ask(sql)
  return { method = "value", sql = sql, n = 0 }
end

local World = {}
World.__index = World

---Make the tables.
---@async
function World:open()
  self.db = mp.engine(nil, { pool = { max = 2 } })
  self.control = mp.engine(nil, { pool = { max = 2 } })
  self.control:script [[
    drop table if exists scope_spec, scope_child;
    create table scope_spec (id int primary key, note text);
    create table scope_child (id int references scope_spec deferrable initially deferred)]]
  return self.db, self.control
end

---@async
function World:close()
  self.control:script "drop table scope_child, scope_spec"
  self.db:close()
  self.control:close()
end

---Empty the tables.
---@async
---@return moonpool.Connection  another one for each specification
function World:connect()
  self.control:script "truncate scope_spec, scope_child"
  self.conn = self.db:connect()
  return self.conn
end

---A world before it is opened, with functions of its connection.
function world.new()
  local self = setmetatable({}, World)

  function self.run(scope, ...)
    return self.conn:run_group({ ... }, scope)
  end

  function self.fail(kind, scope, ...)
    local entries = { ... }
    local conn = self.conn
    return refusal.check({ kind = kind }, conn.run_group, conn, entries, scope), entries
  end

  -- What others see.
  function self.ids()
    return self.control:column "select id from scope_spec order by id"
  end

  -- ... and the connection itself, which so proves that it is usable.
  function self.own_ids()
    return self.conn:column "select id from scope_spec order by id"
  end

  function self.begin_with(...)
    self.run({ begin = true }, ...)
  end

  return self
end

return world
