-- merge_dependencies.lua - the steps that bring dependencies up to the staged index.

-- What differs, found in one pass. Without a target it is gone from the index; `is_stored` tells
-- whether the archive has it. Packages are merged by now, so each staged one has an id.
local FIND_CHANGES = [[
create temporary table dependency_changes on commit drop as
select package_id, kind, group_number, alternative_number, i.target, i.target_architecture,
  i.operator, i.version, i.restrictions, i.is_broken, d.target is not null as is_stored
from (
  select p.id as package_id, s.kind, s.group_number, s.alternative_number, s.target,
    s.target_architecture, s.operator, s.version, s.restrictions, s.is_broken
  from pg_temp.incoming_dependencies s
  join pg_temp.incoming_packages e using (entry)
  join packages p on (p.name, p.architecture, p.version) = (e.name, e.architecture, e.version)
) i
full join dependencies d using (package_id, kind, group_number, alternative_number)
where (i.target, i.target_architecture, i.operator, i.version, i.restrictions, i.is_broken)
  is distinct from
    (d.target, d.target_architecture, d.operator, d.version, d.restrictions, d.is_broken)]]

local REMOVE = [[
delete from dependencies d
using pg_temp.dependency_changes c
where c.target is null
  and (c.package_id, c.kind, c.group_number, c.alternative_number)
    = (d.package_id, d.kind, d.group_number, d.alternative_number)]]

local UPDATE = [[
update dependencies d
set target = c.target, target_architecture = c.target_architecture, operator = c.operator,
  version = c.version, restrictions = c.restrictions, is_broken = c.is_broken
from pg_temp.dependency_changes c
where c.target is not null and c.is_stored
  and (c.package_id, c.kind, c.group_number, c.alternative_number)
    = (d.package_id, d.kind, d.group_number, d.alternative_number)]]

local ADD = [[
insert into dependencies (package_id, kind, group_number, alternative_number, target,
  target_architecture, operator, version, restrictions, is_broken)
select package_id, kind, group_number, alternative_number, target,
  target_architecture, operator, version, restrictions, is_broken
from pg_temp.dependency_changes
where not is_stored]]

---@type import.Step[]
return {
  { sql = "analyze pg_temp.incoming_dependencies" },
  { sql = FIND_CHANGES },
  { sql = "analyze pg_temp.dependency_changes" },
  { sql = REMOVE, table = "dependencies", change = "removed" },
  { sql = UPDATE, table = "dependencies", change = "updated" },
  { sql = ADD, table = "dependencies", change = "added" },
}
