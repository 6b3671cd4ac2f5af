-- merge_dependencies.lua - the steps that bring dependencies up to the staged index.

-- From here on a staged dependency is known by its package's id. Packages are merged by now.
local NUMBER_DEPENDENCIES = [[
create temporary table incoming_relations on commit drop as
select p.id as package_id, d.kind, d.group_number, d.alternative_number, d.target,
  d.target_architecture, d.operator, d.version, d.restrictions, d.is_broken
from pg_temp.incoming_dependencies d
join pg_temp.incoming_packages i using (entry)
join packages p on (p.name, p.architecture, p.version) = (i.name, i.architecture, i.version)]]

local ANALYZE = "analyze pg_temp.incoming_relations"

local REMOVE_DEPENDENCIES = [[
delete from dependencies d
where not exists (
  select from pg_temp.incoming_relations i
  where (i.package_id, i.kind, i.group_number, i.alternative_number)
    = (d.package_id, d.kind, d.group_number, d.alternative_number))]]

local UPDATE_DEPENDENCIES = [[
update dependencies d
set target = i.target, target_architecture = i.target_architecture, operator = i.operator,
  version = i.version, restrictions = i.restrictions, is_broken = i.is_broken
from pg_temp.incoming_relations i
where (i.package_id, i.kind, i.group_number, i.alternative_number)
    = (d.package_id, d.kind, d.group_number, d.alternative_number)
  and (d.target, d.target_architecture, d.operator, d.version, d.restrictions, d.is_broken)
    is distinct from
      (i.target, i.target_architecture, i.operator, i.version, i.restrictions, i.is_broken)]]

local ADD_DEPENDENCIES = [[
insert into dependencies (package_id, kind, group_number, alternative_number, target,
  target_architecture, operator, version, restrictions, is_broken)
select package_id, kind, group_number, alternative_number, target,
  target_architecture, operator, version, restrictions, is_broken
from pg_temp.incoming_relations i
where not exists (
  select from dependencies d
  where (d.package_id, d.kind, d.group_number, d.alternative_number)
    = (i.package_id, i.kind, i.group_number, i.alternative_number))]]

---@type import.Step[]
return {
  { sql = NUMBER_DEPENDENCIES },
  { sql = ANALYZE },
  { sql = REMOVE_DEPENDENCIES, table = "dependencies", change = "removed" },
  { sql = UPDATE_DEPENDENCIES, table = "dependencies", change = "updated" },
  { sql = ADD_DEPENDENCIES, table = "dependencies", change = "added" },
}
