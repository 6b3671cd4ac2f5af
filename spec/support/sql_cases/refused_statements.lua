-- refused_statements.lua - what statements of the query builder refuse, as refused_expressions.lua.
return function(mp, t)
  local u, p, User, Team = t.u, t.p, t.User, t.Team
  local fn = mp.fn
  local q = mp.select({ u.id }):from(u)
  local row = mp.insert(Team):values { name = "x" }

  return {
    { "a select of one expression", function() return mp.select(u.id) end,
      "select takes a list of columns or a model, not an expression",
      "mp.select { u.id, u.name }" },
    { "a select of a text", function() return mp.select "id" end,
      "select takes a list of columns or a model, not a string",
      "mp.select { u.id, u.name }" },
    { "from nothing", function() return mp.select({}):from(nil) end,
      "nil is no table to query",
      "give a model, an alias of one, or a table's name" },
    { "from a number", function() return mp.select({}):from(5) end,
      "5 is no table to query",
      "give a model, an alias of one, or a table's name" },
    { "from a subquery without a name", function() return mp.select({}):from(q) end,
      "a subquery in from has no name",
      'query:as "x"' },
    { "from a function without a name", function()
      return mp.select({}):from(fn.generate_series(1, 2))
    end,
      "a function in from has no name",
      'mp.fn.generate_series(1, 3):as "s"' },
    { "from a column", function() return mp.select({}):from(u.id) end,
      "an expression is no table to query",
      "give a model, an alias of one, or a table's name" },
    { "from the same name twice", function() return q:join(User:as "u", u.active):sql() end,
      'two tables of the statement are called "u"',
      'give one of them another name: Model:as "u2"' },
    { "an alias without a name", function() return t.u.source:as "" end,
      'an alias is a name, not ""',
      'Model:as "m"' },
    { "a join without a condition", function() return q:join(p) end,
      'the join with "posts" has no condition',
      'give an expression: p.author_id:eq(u.id), or { using = { "column" } }' },
    { "a join of a select of nothing", function()
      return mp.select({ p.id }):join(p, p.views:gt(1)):sql()
    end,
      "the join of the select has nothing to join with",
      "call :from(...) too" },
    { "a join of an update of nothing else", function()
      return mp.update(User):set({ age = 1 }):join(p, p.author_id:eq(User.id)):sql()
    end,
      "the join of the update has nothing to join with",
      "update(A):from(b):where(b.a_id:eq(A.id)), and joins after from" },
    { "a join of a delete of nothing else", function()
      return mp.delete(User):left_join(p, p.author_id:eq(User.id)):sql()
    end,
      "the join of the delete has nothing to join with",
      "delete(A):using(b):where(b.a_id:eq(A.id)), and joins after using" },
    { "a join by an empty list", function() return q:join(p, { using = {} }) end,
      'the join with "posts" has no condition',
      'give the common columns: { using = { "team_id" } }' },
    { "a negative limit", function() return q:limit(-1) end,
      "limit takes an integer >= 0, not -1",
      "leave it out for no bound" },
    { "a limit that is a text", function() return q:limit "3" end,
      'limit takes an integer >= 0, not "3"',
      "leave it out for no bound" },
    { "a fraction to skip", function() return q:offset(1.5) end,
      "offset takes an integer >= 0, not 1.5",
      "leave it out for no bound" },
    { "ties without an order", function() return q:fetch(3, { with_ties = true }) end,
      "ties are rows that are equal in the order, and there is none",
      "call order_by before fetch" },
    { "a limit beside a fetch", function() return q:fetch(3):limit(2) end,
      "a select has both limit and fetch",
      "keep one of them" },
    { "a fetch beside a limit", function() return q:limit(3):fetch(2) end,
      "a select has both limit and fetch",
      "keep one of them" },
    { "distinct on nothing", function() return q:distinct_on() end,
      "distinct_on names nothing",
      "distinct_on(u.team_id), or distinct()" },
    { "having nothing", function() return q:having() end,
      "having has no condition",
      "having(mp.fn.count():gt(1))" },
    { "an order by a boolean", function() return q:order_by(true) end,
      "a boolean is nothing to order or group by",
      "give a column, its name or an expression" },
    { "a union with a table", function() return q:union(User) end,
      "union takes selects, not a table",
      "query:union(mp.select { ... })" },
    { "a union with nothing", function() return q:union() end,
      "union takes a select",
      "query:union(other)" },
    { "a union of different widths", function()
      return q:union(mp.select({ p.id, p.title }):from(p))
    end,
      "union of 1 columns with 2",
      "both selects give the same number of columns" },
    { "a union with a delete", function() return q:union(mp.delete(User)) end,
      "union takes selects, not a table",
      "query:union(mp.select { ... })" },
    { "exists of an update", function()
      return mp.exists(mp.update(User):set { age = 1 })
    end,
      "an update cannot stand in a subquery",
      'put it in front: local gone = mp.cte("gone", statement); query:with(gone):from(gone)' },
    { "a delete as a value", function() return u.id:eq(mp.delete(User):returning "id") end,
      "a delete cannot stand in a subquery",
      'put it in front: local gone = mp.cte("gone", statement); query:with(gone):from(gone)' },
    { "a delete as a table", function() return mp.delete(User):returning("id"):as "x" end,
      "a delete cannot stand in a subquery",
      'put it in front: local gone = mp.cte("gone", statement); query:with(gone):from(gone)' },
    { "exists of a table", function() return mp.exists(User) end,
      "exists takes a select, not a table",
      "mp.exists(mp.select { ... }:from(Model))" },
    { "a scalar of a number", function() return mp.scalar(3) end,
      "scalar takes a select, not a number",
      "mp.scalar(mp.select { mp.fn.count() }:from(Model))" },
    { "a question whether there is a row without an engine", function() return q:exists() end,
      "exists takes an engine, connection or transaction",
      "write query:exists(db); as a condition, mp.exists(query)" },
    { "a statement that runs on nothing", function() return q:all() end,
      "all takes an engine, connection or transaction, not nil",
      "write query:all(db)" },
    { "a statement that runs on NULL", function() return q:all(mp.null) end,
      "all takes an engine, connection or transaction, not a table",
      "write query:all(db)" },
    { "a stream of what only records", function()
      return q:stream(setmetatable({}, { __name = "moonpool.pipeline" }))
    end,
      "stream does not run on moonpool.pipeline",
      "give an engine, a connection or a transaction" },
    { "columns that are a text", function() return q:columns_added "id" end,
      'columns are given in a list, not as "id"',
      "{ u.id, total = expression }" },
    { "names of a table that are a text", function() return q:as "x":as() end,
      "an alias is a name, not nil",
      'Model:as "m"' },
    { "a statement that runs on a text", function() return q:one "db" end,
      'one takes an engine, connection or transaction, not "db"',
      "write query:one(db)" },
    { "a name in front without a statement", function() return q:with("x", User) end,
      "what x stands for is a table",
      'with("recent", mp.select { ... })' },
    { "search in a plain name in front", function()
      return q:with("x", q, { search = { "depth", by = { "id" }, set = "o" } })
    end,
      "search and cycle belong to recursive queries",
      "use with_recursive or mp.recursive" },
    { "a search without a column", function()
      return q:with_recursive("x", q, { search = { "depth" } })
    end,
      "search of a recursive query lacks a part",
      'search = { "depth", by = { "id" }, set = "place" }' },
    { "a cycle without a column", function()
      return q:with_recursive("x", q, { cycle = { "id" } })
    end,
      "cycle of a recursive query lacks a part",
      'cycle = { "id", set = "is_cycle", using = "path" }' },
    { "a recursion without a step", function() return mp.recursive("x", q, q) end,
      "a recursive query goes on with a function",
      "function(tree) return mp.select ... end" },
    { "a sample of too much", function() return mp.tablesample(User, 101) end,
      "a sample is a percentage from 0 to 100, not 101",
      "mp.tablesample(Model, 10)" },
    { "a sample of a subquery", function() return mp.tablesample(q:as "x", 10) end,
      "tablesample takes a table, not a subquery",
      "give a model, an alias of one or a table's name" },

    { "an insert of nothing", function() return mp.insert(User):sql() end,
      "an insert has no rows",
      "insert(Model):values { name = 1 }, or :from_select(query)" },
    { "an insert of a text", function() return mp.insert(User):values "x" end,
      "values takes a row or a list of rows",
      "{ name = 1 }" },
    { "an insert of a list of texts", function() return mp.insert(User):values { "x" } end,
      "row 1 is a string",
      "{ name = 1 }" },
    { "an insert of several rows without columns", function()
      return mp.insert(User):values { {}, {} }
    end,
      "several rows without any column",
      "name at least one column" },
    { "an insert of a select of unknown names", function()
      return mp.insert(Team):from_select(mp.select({ fn.lower(u.name), 1 }):from(u))
    end,
      "the select does not tell the names of its columns",
      'insert(Model):from_select({ "id" }, query)' },
    { "an insert of a select of another width", function()
      return mp.insert(Team):from_select({ "name", "org" }, q)
    end,
      "2 columns take a select of 1",
      "name one column for each that the select gives" },
    { "an insert of a table", function() return mp.insert(Team):from_select({ "name" }, User) end,
      "from_select takes a select, not a table",
      'from_select({ "id" }, mp.select { ... })' },
    { "overriding what nobody makes", function() return row:overriding "server" end,
      "overriding is system or user, not server",
      'overriding "system"' },
    { "a conflict without a consequence", function() return row:on_conflict("name"):sql() end,
      "on_conflict does not say what to do",
      "follow it with :ignore() or :update{...}" },
    { "ignore without a conflict", function() return row:ignore() end,
      "ignore() is called before on_conflict",
      'insert:on_conflict("key"):ignore()' },
    { "an update on any conflict", function() return row:on_conflict():update { "org" } end,
      "on_conflict():update needs the key's columns",
      'on_conflict("id")' },
    { "an update of nothing on a conflict", function()
      return row:on_conflict("name"):update {}
    end,
      "the update of on_conflict sets nothing",
      'update { "name" }, or ignore()' },
    { "a condition before an update", function()
      return row:on_conflict("name"):where { id = 1 }
    end,
      "where belongs to on_conflict(...):update",
      "call :update{...} before :where" },
    { "a key of columns and a constraint", function()
      return row:on_conflict("name", { constraint = "uq_teams_name" })
    end,
      "on_conflict names both columns and a constraint",
      "keep one of them" },
    { "an unknown option of a key", function()
      return row:on_conflict { constrain = "uq_teams_name" }
    end,
      'on_conflict: unknown option "constrain" (did you mean "constraint"?)',
      "the options here are: constraint, where" },
    { "a key that is a number", function() return row:on_conflict(5) end,
      "a key is made of columns, and a number is none",
      'on_conflict("email"), on_conflict { constraint = "uq_users_email" }' },
    { "an existing row of no key", function()
      return row:on_conflict():ignore { return_existing = true }
    end,
      "return_existing has to know the key",
      'name its columns: on_conflict("email")' },
    { "an existing row of an expression", function()
      return row:on_conflict(fn.lower(Team.name)):ignore { return_existing = true }
    end,
      "return_existing cannot look up an expression",
      "use a key of columns, or update { ... }" },
    { "an existing row whose key is not given", function()
      return row:on_conflict("org"):ignore { return_existing = true }
    end,
      'return_existing: a row has no "org", which is in the key',
      "give every row its key" },
    { "existing rows of a select that comes later", function()
      return mp.insert(Team):values({ name = "x" }):on_conflict("name")
        :ignore({ return_existing = true })
        :from_select({ "name" }, mp.select({ u.name }):from(u))
    end,
      "return_existing looks up rows of values, and here is a select",
      "use :values, or update { ... }" },
    { "existing rows of a select", function()
      return mp.insert(Team):from_select({ "name" }, mp.select({ u.name }):from(u))
        :on_conflict("name"):ignore { return_existing = true }
    end,
      "return_existing looks up rows of values, and here is a select",
      "use :values, or update { ... }" },

    { "an update that sets nothing", function() return mp.update(User):set {} end,
      "an update sets nothing",
      "name at least one column in set{...}" },
    { "an update without set", function() return mp.update(User):sql() end,
      "an update sets nothing",
      "update(Model):set { name = value }" },
    { "an update that sets a text", function() return mp.update(User):set "name" end,
      "what to set is a table of values by column name",
      'set { name = "x" }' },
    { "own values of a type that nobody knows", function()
      return mp.update("teams"):from_values({ { id = 1, name = "x" } },
        { key = "id", types = { id = "int8" } })
    end,
      'the type of "name" of "teams" is not known',
      '{ key = "id", types = { name = "text" } }, or update a model' },
    { "own values without a key", function() return mp.update(User):from_values({ { id = 1 } }) end,
      'from_values: option "key" is missing',
      "the column, or columns, that name a row" },
    { "own values that are none", function()
      return mp.update(User):from_values({}, { key = "id" })
    end,
      "from_values has no rows",
      "give at least one row" },
    { "own values that are only keys", function()
      return mp.update(User):from_values({ { id = 1 } }, { key = "id" })
    end,
      "the rows have nothing but their key",
      "give the values to set too" },
    { "own values without their key", function()
      return mp.update(User):from_values({ { name = "x" } }, { key = "id" })
    end,
      'no row has the key "id"',
      "give every row its key" },
    { "own values of different columns", function()
      return mp.update(User):from_values({ { id = 1, name = "x" }, { id = 2, age = 3 } },
        { key = "id" })
    end,
      'row 1 has no "age", which others have',
      "give every row the same columns; mp.null for NULL" },
    { "a row of columns that is one", function() return mp.update(User):set_row({ "name" }, q) end,
      "set_row sets at least two columns",
      'set_row({ "a", "b" }, select)' },
    { "a merge without a source", function() return mp.merge(Team):sql() end,
      "a merge has no source",
      "merge(Model):using(source, condition)" },
    { "a merge without a condition", function() return mp.merge(Team):using(u) end,
      "using of a merge has no condition",
      "using(s, t.id:eq(s.id))" },
    { "a merge that does nothing", function()
      return mp.merge(Team):using(u, u.team_id:eq(Team.id)):sql()
    end,
      "a merge does nothing",
      "when_matched():update { ... }" },
    { "a merge that does not say what", function()
      return mp.merge(Team):using(u, u.team_id:eq(Team.id)):when_matched():sql()
    end,
      "when matched, the merge does not say what to do",
      "follow it with :update{...}, :insert{...}, :delete() or :do_nothing()" },
    { "a merge that does not say when", function()
      return mp.merge(Team):using(u, u.team_id:eq(Team.id)):delete()
    end,
      "delete of a merge does not say when",
      "when_matched():delete(...)" },
    { "a merge that inserts what matches", function()
      return mp.merge(Team):using(u, u.team_id:eq(Team.id)):when_matched():insert { name = "x" }
    end,
      "when matched, a merge cannot insert",
      "update, delete or do_nothing" },
    { "values that are none", function() return mp.values {} end,
      "values has no rows",
      'mp.values({ { 1, "a" } }, { columns = { "id", "name" } })' },
    { "values of different widths", function() return mp.values { { 1, 2 }, { 3 } } end,
      "row 2 of values has 1 values, the first has 2",
      "mp.null stands for NULL" },
    { "values with too few names", function()
      return mp.values({ { 1, 2 } }, { columns = { "a" } })
    end,
      "values has rows of 2 and names or types of another number",
      "name each column once" },

    { "SQL that is a number", function() return mp.sql(5) end,
      "a fragment is a text of SQL, not a number",
      'mp.sql("lower(?)", name)' },
    { "SQL with too few values", function() return mp.sql("? = ?", 1) end,
      'the fragment "? = ?" has 2 placeholders and 1 arguments',
      "write ?? for a question mark that is no placeholder" },
    { "SQL with a NUL byte", function() return mp.sql "a\0b" end,
      "a fragment has a NUL byte",
      "remove it" },
    { "a name of more than 63 bytes", function()
      return mp.select({ u.id:as(("x"):rep(64)) }):sql()
    end,
      'the name "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..." has 64 bytes',
      "PostgreSQL keeps 63 bytes of a name: choose a shorter one" },
    { "a table's name of more than 63 bytes", function()
      return mp.select({ "id" }):from(("x"):rep(64)):sql()
    end,
      'the name "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..." has 64 bytes',
      "PostgreSQL keeps 63 bytes of a name: choose a shorter one" },
    { "a name with a NUL byte", function() return mp.select({ u.id:as "a\0b" }):sql() end,
      'the name "a\\x00b" has a NUL byte',
      "names cannot hold NUL bytes" },
    { "a schema with a NUL byte", function()
      return mp.select({ "id" }):from("a\0b.c"):sql()
    end,
      'the name "a\\x00b" has a NUL byte',
      "names cannot hold NUL bytes" },
    { "an empty name", function() return mp.select({ u.id:as "" }):sql() end,
      "a name must not be empty",
      "give the name" },
    { "a table without a name", function() return mp.select({}):from "" end,
      "the name of a table is empty",
      '"table" or "schema.table"' },
    { "too many parameters", function()
      local rows = {}
      for at = 1, 40000 do rows[at] = { email = "x", tags = {} } end
      return mp.insert(User):values(rows):exec { exec = error }
    end,
      "the statement has 80000 parameters",
      "a statement takes at most 65535: send the rows in smaller batches" },
  }
end
