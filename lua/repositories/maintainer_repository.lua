-- maintainer_repository.lua - questions about maintainers.
local Maintainer = require "models.maintainer"
local base_repository = require "repositories.base_repository"

local Maintainers = base_repository(Maintainer, { order = { "name", "email" } })

local MOST_PACKAGES = [[
select m.id, m.name, m.email, count(*) as packages
from maintainers m
join packages p on p.maintainer_id = m.id
group by m.id
order by packages desc, m.name, m.email
limit :limit]]

---Everyone who uses this address; a team's address stands under several names.
---@async
---@param email string
---@return table[]
function Maintainers:by_email(email)
  return self:list { email = email }
end

---Who looks after the most packages, first the one with the most.
---@async
---@param limit integer?  20 when left out
---@return { id: integer, name: string, email: string, packages: integer }[]
function Maintainers:with_most_packages(limit)
  return self.executor:query(MOST_PACKAGES, { limit = limit or 20 })
end

return Maintainers
