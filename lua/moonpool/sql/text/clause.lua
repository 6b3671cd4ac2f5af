-- Clauses that several kinds of statement have; pure.
local clause = {}

---@return string  the nodes after the word; nothing where there are none
function clause.list(context, word, nodes)
  return nodes and #nodes > 0 and word .. context:list(nodes) or ""
end

---@return string  `with ... ` in front of a statement that has common table expressions
function clause.with(context, node)
  local ctes = node.ctes
  if #ctes == 0 then return "" end
  local word = "with "
  for _, cte in ipairs(ctes) do
    if cte.recursive then word = "with recursive " end
  end
  return word .. context:list(ctes) .. " "
end

---@return string  nodes that bring their own separators
function clause.sequence(context, nodes)
  local texts = {}
  for index, node in ipairs(nodes) do texts[index] = context:render(node) end
  return table.concat(texts)
end

---@return string
function clause.where(context, conditions)
  return #conditions > 0 and " where " .. context:all(conditions) or ""
end

return clause
