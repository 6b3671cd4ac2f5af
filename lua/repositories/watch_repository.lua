-- watch_repository.lua - who watches which package.
local Watch = require "models.watch"
local base_repository = require "repositories.base_repository"

local Watches = base_repository(Watch)

local ADD = [[
insert into watches (user_id, package_id) values (:user_id, :package_id)
on conflict do nothing]]

---@async
---@param user_id integer
---@param package_id integer
---@return boolean  false when it was watched already
function Watches:add(user_id, package_id)
  return self.executor:exec(ADD, { user_id = user_id, package_id = package_id }) == 1
end

---@async
---@param user_id integer
---@param package_id integer
---@return boolean  false when it was not watched
function Watches:remove(user_id, package_id)
  return self:delete { user_id = user_id, package_id = package_id }
end

---@async
---@param package_id integer
---@return integer
function Watches:count_of_package(package_id)
  return self:count { package_id = package_id }
end

return Watches
