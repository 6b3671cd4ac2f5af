-- package_repository.lua - questions about packages.
local mp = require "moonpool"

local Package = require "models.package"
local base_repository = require "repositories.base_repository"

local Packages = base_repository(Package, { order = { "name", "architecture", "version" } })

---Packages whose name or summary has these words; "quoted words", or, and -not as in a web search.
---`packages:search("postgresql client"):page { size = 20 }`
function Packages.scopes.search(query, package, words)
  return query:where(mp.sql(
    "to_tsvector('simple', ? || ' ' || ?) @@ websearch_to_tsquery('simple', ?)",
    package.name, package.summary, words))
end

---Packages of one section, such as "libs".
function Packages.scopes.in_section(query, _, section)
  return query:where { section = section }
end

-- A name may be depended on by several alternatives or kinds of one package: that is one dependent.
local MOST_DEPENDED_ON = [[
select target as name, count(distinct package_id) as dependents
from dependencies
where kind in ('depends', 'pre_depends') and not is_broken
group by target
order by dependents desc, name
limit :limit]]

-- By name and through any alternative. `union` drops what is known already, so circles end.
local DEPENDENTS_OF = [[
with recursive dependents (name) as (
  select :name::text
  union
  select p.name
  from dependents r
  join dependencies d on d.target = r.name and d.kind in ('depends', 'pre_depends')
  join packages p on p.id = d.package_id
)
select name from dependents where name <> :name order by name]]

---Every version and architecture of a package.
---@async
---@param name string
---@return table[]
function Packages:by_name(name)
  return self:list { name = name }
end

---The names that most packages depend on, first the one with the most.
---@async
---@param limit integer?  20 when left out
---@return { name: string, dependents: integer }[]
function Packages:most_depended_on(limit)
  return self.executor:query(MOST_DEPENDED_ON, { limit = limit or 20 })
end

---The names of all packages that need this one, directly or through others.
---@async
---@param name string
---@return string[]
function Packages:dependents_of(name)
  return self.executor:column(DEPENDENTS_OF, { name = name })
end

---Packages with their maintainer and dependencies, as objects of a session.
---@async
---@param session moonpool.Session
---@param names string[]
---@return table[]  by name
function Packages.load(session, names)
  return session:select(Package):where(Package.name:one_of(names))
    :order_by("name", "architecture", "version"):with { "maintainer", "dependencies" }:all()
end

---@async
---@param maintainer_id integer
---@return table[]
function Packages:maintained_by(maintainer_id)
  return self:list { maintainer_id = maintainer_id }
end

return Packages
