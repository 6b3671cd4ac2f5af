-- op:execute(sql, { inverse = sql }): any statements, but none that begin or end a transaction.
return {
  name = "execute",
  arguments = { { "sql", "text" } },
  options = { inverse = "text" },

  render = function(given)
    return { given.sql }
  end,

  inverse = function(given, options)
    if not options.inverse then return nil, "it has no inverse = \"...\"" end
    return {
      name = "execute",
      arguments = { sql = options.inverse },
      options = { inverse = given.sql },
    }
  end,
}
