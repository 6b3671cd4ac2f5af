-- What may be shown of an error: servers quote data in some places, and data may be secret.

---@param err moonpool.Error
---@return string message, string? detail  without the data that the server quoted
return function(err)
  local message, detail, class = err.message, err.detail, (err.sqlstate or ""):sub(1, 2)
  if class == "22" then
    message = message:gsub('"[^\n]*"', '"<hidden>"')
    detail = detail and detail:gsub('"[^\n]*"', '"<hidden>"')
  end
  if detail and (class == "22" or class == "23") then
    detail = detail:gsub("%)=%([^\n]*%)", ")=(<hidden>)")
    detail = detail:gsub("contains %(.*%)", "contains (<hidden>)")
  end
  return message, detail
end
