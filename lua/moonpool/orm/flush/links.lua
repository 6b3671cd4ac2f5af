-- Rows of the tables between two others: pairs that are added or removed, each once; pure.
local element_type = require "moonpool.sql.element_type"
local errors = require "moonpool.errors"
local null = require "moonpool.null"
local sql = require "moonpool.orm.flush.sql"
local tenancy = require "moonpool.orm.tenancy"

local links = {}

---@class moonpool.orm.flush.Link
---@field record moonpool.orm.Relation
---@field owner table
---@field other table

-- The pair in one order, whichever side has said it.
local function ends_of(record, owner, other)
  local through = record.through
  if through.from[1] <= through.to[1] then return owner, other end
  return other, owner
end

local function pairs_of(work, record)
  local source = record.through.source
  local name = ("%s.%s"):format(source.schema or "public", source.name)
  work.links[name] = work.links[name] or {}
  return work.links[name]
end

local function note(work, record, owner, other, is_added)
  local first, second = ends_of(record, owner, other)
  local known = pairs_of(work, record)
  known[first] = known[first] or {}
  if known[first][second] then return end
  local link = { record = record, owner = owner, other = other, is_added = is_added }
  known[first][second] = link
  work.link_list[#work.link_list + 1] = link
end

function links.add(work, record, owner, other)
  note(work, record, owner, other, true)
end

function links.remove(work, record, owner, other)
  note(work, record, owner, other, false)
end

-- The link's columns and where their values come from.
local function parts_of(record)
  local through, parts = record.through, {}
  for at, name in ipairs(through.from) do
    parts[#parts + 1] = { name = name, side = "owner", column = record.local_columns[at] }
  end
  for at, name in ipairs(through.to) do
    parts[#parts + 1] = { name = name, side = "other", column = through.target_columns[at] }
  end
  return parts
end

-- What a model of the table between gives its rows by itself, such as a key.
local function extras_of(record, tenant)
  local model = record.through.model
  if not model then return {} end
  local made, list, is_linking = tenancy.owned(model, model {}, tenant), {}, {}
  for _, part in ipairs(parts_of(record)) do is_linking[part.name] = true end
  for _, item in ipairs(model.table.columns) do
    local value = rawget(made, item.name)
    if value ~= nil and not is_linking[item.name] then
      if item.dump then value = item.dump(value) end
      list[#list + 1] = { name = item.name, value = value }
    end
  end
  return list
end

local function value_of(work, link, part)
  local value = work:value(link[part.side], part.column)
  if value ~= nil then return value end
  if work.is_shown then return null end
  errors.raise { kind = "invalid", table = link.record.owner.table.name,
    message = ('"%s" of "%s" leads to an object without its key "%s"'):format(link.record.name,
      link.record.owner.table.name, part.column),
    hint = "add that object to the session, or give it its key" }
end

local function elements_of(source, names)
  local elements = {}
  for at, name in ipairs(names) do
    elements[at] = element_type(source.type_of(name))
    if not elements[at] then return nil end
  end
  return elements
end

local function names_and_rows(step, work, with_extras)
  local names, rows = {}, {}
  for at, link in ipairs(step.objects) do
    local row, place = {}, 0
    for _, part in ipairs(parts_of(link.record)) do
      place = place + 1
      row[place], names[place] = value_of(work, link, part), part.name
    end
    for _, extra in ipairs(with_extras and extras_of(link.record, work.tenant) or {}) do
      place = place + 1
      row[place], names[place] = extra.value, extra.name
    end
    rows[at] = row
  end
  return names, rows
end

local function as_arrays(rows, count)
  local params = { n = count }
  for place = 1, count do
    params[place] = {}
    for at, row in ipairs(rows) do params[place][at] = row[place] end
  end
  return params
end

local function statement(step, text, params, objects)
  return { sql = text, params = params, step = step, objects = objects }
end

local function render(step, names, rows, row_text, rows_text)
  local elements = #rows > 1 and elements_of(step.source, names)
  if elements then
    return { statement(step, rows_text(elements), as_arrays(rows, #names), step.objects) }
  end
  local list = {}
  for at, row in ipairs(rows) do
    row.n = #names
    list[at] = statement(step, row_text(), row, { step.objects[at] })
  end
  return list
end

local function insert_statements(step, work)
  local names, rows = names_and_rows(step, work, true)
  local table_name = sql.names(step.source, work.schemas).name
  return render(step, names, rows,
    function() return sql.insert_row(table_name, names, {}) end,
    function(elements)
      local list = {}
      for at, element in ipairs(elements) do list[at] = { element = element } end
      return sql.insert_rows(table_name, names, list, {})
    end)
end

local function delete_statements(step, work)
  local names, rows = names_and_rows(step, work, false)
  local table_names = sql.names(step.source, work.schemas)
  return render(step, names, rows,
    function() return sql.delete_row(table_names, names, false) end,
    function(elements) return sql.delete_rows(table_names, names, elements, false) end)
end

-- Links of one table, as one side writes them.
local function grouped(work, is_added)
  local list, by_record = {}, {}
  for _, link in ipairs(work.link_list) do
    if link.is_added == is_added then
      local step = by_record[link.record]
      if not step then
        step = { kind = is_added and "link" or "unlink", objects = {},
          source = link.record.through.source,
          statements = is_added and insert_statements or delete_statements }
        list[#list + 1], by_record[link.record] = step, step
      end
      step.objects[#step.objects + 1] = link
    end
  end
  return list
end

---@param work moonpool.orm.flush.Work
---@return moonpool.orm.flush.Step[] added
---@return moonpool.orm.flush.Step[] removed
function links.steps(work)
  return grouped(work, true), grouped(work, false)
end

---The objects whose keys a link needs.
---@param link moonpool.orm.flush.Link
function links.needs(work, link)
  local missing = {}
  for _, part in ipairs(parts_of(link.record)) do
    local object = link[part.side]
    if work:value(object, part.column) == nil then missing[#missing + 1] = object end
  end
  return missing
end

return links
