-- Where the table that a relation names is: "app.teams", `schema`, or beside its owner; pure.

---@param given { table: string?, schema: string? }
---@param owner { schema: string? }
---@return string? schema
---@return string? name
return function(given, owner)
  local schema, name = (given.table or ""):match "^([^.]+)%.([^.]+)$"
  if schema then return schema, name end
  return given.schema or owner.schema, given.table
end
