-- Keyset pages: forward from a cursor or back to one, in the repository's order.
local cursor = require "moonpool.repository.cursor"
local errors = require "moonpool.errors"
local options = require "moonpool.options"
local order = require "moonpool.repository.order"

local page = {}

local ROWS = {
  { name = "size", kind = "integer", default = 20, min = 1, max = 100000, doc = "rows of a page" },
  { name = "after", kind = "string", doc = "the `next` of another page" },
  { name = "before", kind = "string", doc = "the `prev` of another page" },
}

---@param given table?
---@return { size: integer, after: string?, before: string? }
function page.options(given)
  local read = options.read(ROWS, given, { kind = "bad_argument", what = "page" })
  if read.after and read.before then
    errors.raise { kind = "bad_argument", message = "page: after and before exclude each other",
      hint = "give after to go on, before to go back" }
  end
  return read
end

---The statement for one page; one row more than the page tells whether there are others.
---@param query moonpool.sql.Select
---@param model moonpool.Model
---@param by moonpool.repository.Order
---@param read table  from `page.options`
---@return moonpool.sql.Select
function page.statement(query, model, by, read)
  order.check_pageable(by, model)
  local from = read.after or read.before
  local direction = read.before and order.reversed(by) or by
  local ordered = query:unordered()
    :order_by(table.unpack(order.expressions(direction, model.source))):limit(read.size + 1)
  if not from then return ordered end
  local values = cursor.decode(from, order.signature(by), #by.terms)
  return ordered:where(order.after(direction, model.source, values))
end

local function reversed(list)
  local turned = {}
  for at = #list, 1, -1 do turned[#turned + 1] = list[at] end
  return turned
end

---@param rows table[]  as the statement gave them
---@return { items: table[], next: string?, prev: string? }
function page.result(rows, by, read)
  local has_more = #rows > read.size
  local items = table.move(rows, 1, math.min(#rows, read.size), 1, {})
  if read.before then items = reversed(items) end
  local has_next, has_prev = has_more, read.after ~= nil
  if read.before then has_next, has_prev = true, has_more end
  local signature = order.signature(by)
  local function cursor_of(row)
    return row and cursor.encode(order.values(by, row), signature) or nil
  end
  return { items = items, next = has_next and cursor_of(items[#items]) or nil,
    prev = has_prev and cursor_of(items[1]) or nil }
end

return page
