-- release.lua - which release of PostgreSQL the specs run on, for what an older one does not have.

---@async
---@param db moonpool.Executor
---@return integer  such as 15
return function(db)
  return db:value "select current_setting('server_version_num')::int4" // 10000
end
