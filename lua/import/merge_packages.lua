-- merge_packages.lua - the steps that bring packages and maintainers up to the staged index.

-- Bulk-loaded tables have no statistics, and without them joins are planned for a handful of rows.
local PREPARE = {
  "create unique index on pg_temp.incoming_packages (name, architecture, version)",
  "analyze pg_temp.incoming_packages (entry, name, architecture, version, maintainer_name)",
}

local ADD_MAINTAINERS = [[
insert into maintainers (name, email)
select maintainer_name, maintainer_email from pg_temp.incoming_packages
where maintainer_name is not null
except
select name, email from maintainers]]

-- A package that changed its version keeps its row, and with it its id and its watchers: versions
-- that are gone are paired with new ones of the same name and architecture.
local MOVE_VERSIONS = [[
with gone as (
  select p.id, p.name, p.architecture,
    row_number() over (partition by p.name, p.architecture order by p.id) as turn
  from packages p
  where not exists (
    select from pg_temp.incoming_packages i
    where (i.name, i.architecture, i.version) = (p.name, p.architecture, p.version))
), fresh as (
  select i.name, i.architecture, i.version,
    row_number() over (partition by i.name, i.architecture order by i.entry) as turn
  from pg_temp.incoming_packages i
  where not exists (
    select from packages p
    where (p.name, p.architecture, p.version) = (i.name, i.architecture, i.version))
)
update packages p set version = fresh.version
from gone join fresh using (name, architecture, turn)
where p.id = gone.id]]

local REMOVE_PACKAGES = [[
delete from packages p
where not exists (
  select from pg_temp.incoming_packages i
  where (i.name, i.architecture, i.version) = (p.name, p.architecture, p.version))]]

local UPDATE_PACKAGES = [[
update packages p
set source_package = i.source_package, maintainer_id = m.id, section = i.section,
  priority = i.priority, multi_arch = i.multi_arch, is_essential = i.is_essential,
  installed_size = i.installed_size,
  download_size = i.download_size, homepage = i.homepage, summary = i.summary,
  description = i.description
from pg_temp.incoming_packages i
left join maintainers m on (m.name, m.email) = (i.maintainer_name, i.maintainer_email)
where (p.name, p.architecture, p.version) = (i.name, i.architecture, i.version)
  and (p.source_package, p.maintainer_id, p.section, p.priority, p.multi_arch, p.is_essential,
       p.installed_size, p.download_size, p.homepage, p.summary, p.description)
    is distinct from
      (i.source_package, m.id, i.section, i.priority, i.multi_arch, i.is_essential,
       i.installed_size, i.download_size, i.homepage, i.summary, i.description)]]

local ADD_PACKAGES = [[
insert into packages (name, version, architecture, source_package, maintainer_id, section,
  priority, multi_arch, is_essential, installed_size, download_size, homepage, summary, description)
select i.name, i.version, i.architecture, i.source_package, m.id, i.section, i.priority,
  i.multi_arch, i.is_essential, i.installed_size, i.download_size, i.homepage, i.summary,
  i.description
from pg_temp.incoming_packages i
left join maintainers m on (m.name, m.email) = (i.maintainer_name, i.maintainer_email)
where not exists (
  select from packages p
  where (p.name, p.architecture, p.version) = (i.name, i.architecture, i.version))
order by i.entry]]

local REMOVE_MAINTAINERS = [[
delete from maintainers m
where not exists (select from packages p where p.maintainer_id = m.id)]]

---@type import.Step[]
return {
  { sql = PREPARE[1] },
  { sql = PREPARE[2] },
  { sql = ADD_MAINTAINERS, table = "maintainers", change = "added" },
  { sql = MOVE_VERSIONS, table = "packages", change = "moved" },
  { sql = REMOVE_PACKAGES, table = "packages", change = "removed" },
  { sql = UPDATE_PACKAGES, table = "packages", change = "updated" },
  { sql = ADD_PACKAGES, table = "packages", change = "added" },
  { sql = REMOVE_MAINTAINERS, table = "maintainers", change = "removed" },
}
