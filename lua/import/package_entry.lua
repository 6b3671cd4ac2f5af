-- package_entry.lua - turns a stanza's fields into a package and its relations.
local relation = require "import.relation"

local package_entry = {}

-- The relation fields of a stanza and the kind each becomes.
local RELATION_FIELDS = {
  { field = "depends", kind = "depends" },
  { field = "pre-depends", kind = "pre_depends" },
  { field = "recommends", kind = "recommends" },
  { field = "suggests", kind = "suggests" },
  { field = "conflicts", kind = "conflicts" },
  { field = "breaks", kind = "breaks" },
  { field = "provides", kind = "provides" },
  { field = "replaces", kind = "replaces" },
  { field = "enhances", kind = "enhances" },
}

local REQUIRED = { "package", "version", "architecture" }

-- "" for a maintainer without an address: a name alone is a maintainer too.
local function split_maintainer(text)
  if not text or text == "" then return nil, nil end
  local name, email = text:match "^%s*(.-)%s*<([^<>]*)>%s*$"
  if name then return name, email end
  return text, ""
end

-- The first line is the summary. In the rest every line begins with a blank, "." is an empty line.
local function split_description(text)
  local summary, rest = (text or ""):match "^([^\n]*)\n?(.*)$"
  if rest == "" then return summary, nil end
  return summary, (("\n" .. rest):gsub("\n[ \t]%.?", "\n"):sub(2))
end

-- What `fields` says in digits; anything else is reported.
local function read_number(fields, name, problems)
  local text = fields[name]
  if not text or text == "" then return nil end
  local number = text:match "^%d+$" and math.tointeger(tonumber(text))
  if not number then problems[#problems + 1] = ("%s is no number: %q"):format(name, text) end
  return number or nil
end

local function missing_field(fields)
  for _, name in ipairs(REQUIRED) do
    if not fields[name] or fields[name] == "" then return name end
  end
end

---@class import.Entry
---@field package table<string, any>  by column, the maintainer as maintainer_name and _email
---@field relations { kind: string, groups: import.Alternative[][] }[]

local function read_package(fields, problems)
  local maintainer_name, maintainer_email = split_maintainer(fields.maintainer)
  local summary, description = split_description(fields.description)
  return {
    name = fields.package,
    version = fields.version,
    architecture = fields.architecture,
    source_package = fields.source and fields.source:match "^%S+" or fields.package,
    maintainer_name = maintainer_name,
    maintainer_email = maintainer_email,
    section = fields.section,
    priority = fields.priority,
    multi_arch = fields["multi-arch"],
    is_essential = fields.essential == "yes",
    installed_size = read_number(fields, "installed-size", problems),
    download_size = read_number(fields, "size", problems),
    homepage = fields.homepage,
    summary = summary,
    description = description,
  }
end

local function read_relations(fields, problems)
  local relations = {}
  for _, row in ipairs(RELATION_FIELDS) do
    local text = fields[row.field]
    if text then
      local groups, broken = relation.parse(text)
      for _, part in ipairs(broken or {}) do
        problems[#problems + 1] = ("%s has a part that is no relation: %q"):format(row.field, part)
      end
      relations[#relations + 1] = { kind = row.kind, groups = groups }
    end
  end
  return relations
end

---Reads one stanza. A stanza that names no package, version or architecture gives no entry; what
---else is wrong is kept as it is. All of it is reported.
---@param fields table<string, string>  of control_file.fields
---@return import.Entry?
---@return string[] problems  sentences, without the package's name
function package_entry.read(fields)
  local problems = {}
  local missing = missing_field(fields)
  if missing then return nil, { ("has no field %q and is left out"):format(missing) } end
  return {
    package = read_package(fields, problems),
    relations = read_relations(fields, problems),
  }, problems
end

return package_entry
