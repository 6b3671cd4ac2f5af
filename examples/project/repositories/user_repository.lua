-- user_repository.lua - where users are found and made.
local mp = require "moonpool"

local User = require "models.user"

local Users = mp.repository(User, { order = { "email" } })

function Users:by_email(email)
  return self:find { email = email:lower() }
end

return Users
