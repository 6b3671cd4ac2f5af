-- What a target such as `head`, `+2`, `20261122-1` or a unique prefix means in a graph; pure.
local errors = require "moonpool.errors"

---@class moonpool.migration.Target
---@field ids string[]?  the revisions to be at; empty is the base
---@field steps integer?  or: how many revisions from wherever the database is, negative is down

local target = {}

local MOST_NAMED = 5

local function refuse(message, hint)
  errors.raise { kind = "bad_argument", message = message, hint = hint }
end

local function listed(ids)
  local shown = table.concat(ids, ", ", 1, math.min(#ids, MOST_NAMED))
  if #ids <= MOST_NAMED then return shown end
  return ("%s and %d more"):format(shown, #ids - MOST_NAMED)
end

local function only_head(graph)
  local heads = graph:heads()
  if #heads > 1 then
    errors.raise {
      kind = "bad_config",
      message = ("there are %d heads: %s"):format(#heads, listed(heads)),
      hint = "merge them with a revision whose down_revision lists them all, or name one of them, "
        .. "or say heads",
    }
  end
  return heads
end

local function by_prefix(graph, prefix)
  local found = graph:matches(prefix)
  if #found == 1 then return found end
  if #found > 1 then
    refuse(("revision %q is ambiguous: %s"):format(prefix, listed(found)), "give more of it")
  end
  local heads = graph:heads()
  refuse(("there is no revision %q"):format(prefix), #heads == 0
    and "there are no migration files yet; moonpool revision -m MESSAGE writes the first"
    or ("the newest is %s; moonpool history lists them all"):format(listed(heads)))
end

local SYMBOLS = {
  head = only_head,
  heads = function(graph) return graph:heads() end,
  base = function() return {} end,
}

local function start_of(graph, name)
  local symbol = SYMBOLS[name]
  if symbol then return symbol(graph) end
  return by_prefix(graph, name)
end

local function neighbours(graph, id, step)
  if step < 0 then return graph:parents(id) end
  if id then return graph:children(id) end
  return graph:bases()
end

local function refuse_end(text, walked, step)
  refuse(("target %q goes too far: the end is %d steps away"):format(text, walked),
    step < 0 and "say base for the very beginning" or "say head for the newest revision")
end

-- One step from a revision; nil is the base, from which no step leads down.
local function step_from(graph, at, step, text, walked)
  if not at and step < 0 then refuse_end(text, walked, step) end
  local nexts = neighbours(graph, at, step)
  if #nexts > 1 then
    refuse(("target %q is ambiguous: after %d steps it could be %s"):format(
      text, walked + 1, listed(nexts)), "name the revision you mean")
  end
  if #nexts == 0 and step > 0 then refuse_end(text, walked, step) end
  return nexts[1]
end

local function walk(graph, text, start, offset)
  if #start > 1 then
    refuse(("target %q starts from %d revisions"):format(text, #start), "name one of them instead")
  end
  local at, step = start[1], offset < 0 and -1 or 1
  for walked = 0, math.abs(offset) - 1 do
    at = step_from(graph, at, step, text, walked)
  end
  return { at }
end

local function relative(text, direction)
  local steps = math.tointeger(tonumber(text))
  if not steps or steps == 0 then
    refuse(("target %q is not a step"):format(text), "count from 1")
  end
  if (steps > 0) ~= (direction == "upgrade") then
    refuse(("%s %s would go the other way"):format(direction, text),
      ("use %s %s"):format(steps > 0 and "upgrade" or "downgrade", text))
  end
  return { steps = steps }
end

---Read a target. Everything but `+n` and `-n` alone is settled here, without a database.
---@param graph moonpool.RevisionGraph
---@param text string
---@param direction "upgrade" | "downgrade"
---@return moonpool.migration.Target
function target.read(graph, text, direction)
  if type(text) ~= "string" or text == "" then
    local given = text == "" and "empty text" or type(text)
    refuse(("the target of %s is a %s"):format(direction, given),
      "give head, heads, base, +1, -1, a revision or the beginning of one")
  end
  if text:find("^[+-]%d+$") then return relative(text, direction) end
  if text == "base" and direction == "upgrade" then
    refuse("base lies below every revision", "use downgrade base")
  end
  local name, offset = text:match("^([%w_]+)([+-]%d+)$")
  if not name then return { ids = start_of(graph, text) } end
  return { ids = walk(graph, text, start_of(graph, name), math.tointeger(tonumber(offset)) or 0) }
end

return target
