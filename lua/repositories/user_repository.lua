-- user_repository.lua - users, found by what they are known by, and what they watch.
local User = require "models.user"
local Watches = require "repositories.watch_repository"
local base_repository = require "repositories.base_repository"

local Users = base_repository(User, { order = "username" })

local WATCHED = [[
select p.*
from watches w
join packages p on p.id = w.package_id
where w.user_id = :user_id
order by p.name, p.architecture, p.version]]

---@async
---@param username string
---@return table?
function Users:by_username(username)
  return self:find { username = username }
end

---@async
---@param email string  in any case
---@return table?
function Users:by_email(email)
  return self:find { email = email:lower() }
end

---Makes a user. Raises `unique_violation` where the name or the address is taken.
---@async
---@param username string
---@param email string
---@param password_hash string  in crypt's form ("$2b$..."), never the password
---@return table
function Users:register(username, email, password_hash)
  return self:create { username = username, email = email:lower(), password_hash = password_hash }
end

---@async
---@return boolean  false when the user watched it already
function Users:watch(user_id, package_id)
  return Watches:using(self.executor):add(user_id, package_id)
end

---@async
---@return boolean  false when the user did not watch it
function Users:unwatch(user_id, package_id)
  return Watches:using(self.executor):remove(user_id, package_id)
end

---A user with the watched packages and their maintainers, as objects of a session: changing the
---list `user.packages` and committing changes what is watched.
---@async
---@param session moonpool.Session
---@param username string
---@return table?
function Users.load(session, username)
  return session:select(User):where { username = username }
    :with { packages = { with = { "maintainer" } } }:one()
end

---The packages a user watches.
---@async
---@param user_id integer
---@return table[]
function Users:watched_by(user_id)
  return self.executor:query(WATCHED, { user_id = user_id })
end

return Users
