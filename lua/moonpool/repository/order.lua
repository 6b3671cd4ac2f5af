-- A repository's order: deterministic, reversible, and a condition for what comes after a row.
local errors = require "moonpool.errors"
local expression = require "moonpool.sql.expression"
local identifier = require "moonpool.sql.identifier"

local order = {}

---@class moonpool.repository.Order
---@field table string  the name of the table whose rows it orders
---@field terms { name: string, descending: boolean }[]

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local DIRECTIONS = { asc = true, desc = true }

-- A column's name may hold spaces, so only its last word can be the direction.
local function read_term(text, source)
  local given = type(text) == "string" and text:match "^%s*(.-)%s*$" or ""
  local name, direction = given:match "^(.-)%s+(%a+)$"
  direction = direction and direction:lower()
  if not DIRECTIONS[direction] then name, direction = given, nil end
  if name == "" then refuse(("%q is no order"):format(tostring(text)), '"created_at desc"') end
  return { name = source:check(name), descending = direction == "desc" }
end

---@param given string | string[] | nil
---@param model moonpool.Model
---@return moonpool.repository.Order  the primary key is its end, so no two rows are equal in it
function order.new(given, model)
  local terms, seen = {}, {}
  for at, text in ipairs(type(given) == "string" and { given } or given or {}) do
    terms[at] = read_term(text, model.source)
    seen[terms[at].name] = true
  end
  local descending = #terms > 0 and terms[#terms].descending
  local key = model.table.primary_key
  for _, name in ipairs(key and key.columns or {}) do
    if not seen[name] then terms[#terms + 1] = { name = name, descending = descending } end
  end
  return { table = identifier.qualified(model.table.schema, model.table.name), terms = terms }
end

---@return moonpool.repository.Order
function order.reversed(given)
  local terms = {}
  for at, term in ipairs(given.terms) do
    terms[at] = { name = term.name, descending = not term.descending }
  end
  return { table = given.table, terms = terms }
end

---@return string  the same for the same order of the same table
function order.signature(given)
  local parts = {}
  for at, term in ipairs(given.terms) do
    parts[at] = term.name .. (term.descending and " desc" or " asc")
  end
  return given.table .. ": " .. table.concat(parts, ", ")
end

---@return moonpool.sql.Expression[]
function order.expressions(given, source)
  local list = {}
  for at, term in ipairs(given.terms) do
    local column = source:column(term.name)
    list[at] = term.descending and column:desc() or column
  end
  return list
end

---@return any[]  of a row, in the order's columns
function order.values(given, row)
  local values = {}
  for at, term in ipairs(given.terms) do values[at] = row[term.name] end
  return values
end

---Raises `bad_argument` naming a column that may be NULL: NULL is neither before nor after a value.
function order.check_pageable(given, model)
  if #given.terms == 0 then
    refuse(('table "%s" has no primary key to page by'):format(model.table.name),
      "give the repository an order over unique columns")
  end
  for _, term in ipairs(given.terms) do
    if model.table.by_name[term.name].null then
      refuse(('cannot page by "%s": it may be NULL'):format(term.name),
        "order by columns that are NOT NULL")
    end
  end
end

local function is_uniform(terms)
  for _, term in ipairs(terms) do
    if term.descending ~= terms[1].descending then return false end
  end
  return true
end

local function compare(term, left, right)
  if term.descending then return left:lt(right) end
  return left:gt(right)
end

-- One direction is one row comparison, which an index answers; mixed ones are spelled out.
local function mixed(terms, columns, values)
  local condition
  for last = 1, #terms do
    local part = compare(terms[last], columns[last], values[last])
    for at = last - 1, 1, -1 do part = columns[at]:eq(values[at]) & part end
    condition = condition and (condition | part) or part
  end
  return condition
end

---What a row must hold to come after these values.
---@return moonpool.sql.Expression
function order.after(given, source, values)
  local terms, columns = given.terms, {}
  for at, term in ipairs(terms) do columns[at] = source:column(term.name) end
  if #terms == 1 then return compare(terms[1], columns[1], values[1]) end
  if not is_uniform(terms) then return mixed(terms, columns, values) end
  return compare(terms[1], expression.row(columns), expression.row(values))
end

return order
