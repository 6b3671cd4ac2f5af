-- comparisons.lua - cases: columns against values, lists, NULL and each other.
return function(mp, t)
  local u, p = t.u, t.p
  local function w(...) return mp.select({ u.id }):from(u):where(...) end

  return {
    { "compares by equality", function() return w(u.age:eq(1)) end,
      "select u.id from users as u where u.age = $1", { 1 } },
    { "compares by inequality", function() return w(u.age:ne(1)) end,
      "select u.id from users as u where u.age <> $1", { 1 } },
    { "compares by greater", function() return w(u.age:gt(1)) end,
      "select u.id from users as u where u.age > $1", { 1 } },
    { "compares by greater or equal", function() return w(u.age:ge(1)) end,
      "select u.id from users as u where u.age >= $1", { 1 } },
    { "compares by less", function() return w(u.age:lt(1)) end,
      "select u.id from users as u where u.age < $1", { 1 } },
    { "compares by less or equal", function() return w(u.age:le(1)) end,
      "select u.id from users as u where u.age <= $1", { 1 } },
    { "knows gte and lte by their names in filters", function()
      return w(u.age:gte(1), u.age:lte(9))
    end,
      "select u.id from users as u where u.age >= $1 and u.age <= $2", { 1, 9 } },
    { "compares two columns", function() return w(u.age:gt(u.team_id)) end,
      "select u.id from users as u where u.age > u.team_id" },
    { "compares a text", function() return w(u.email:eq "a@x.org") end,
      "select u.id from users as u where u.email = $1", { "a@x.org" } },
    { "binds a text that would be SQL", function() return w(u.name:eq "x' or '1'='1") end,
      "select u.id from users as u where u.name = $1", { "x' or '1'='1" } },
    { "binds an empty text", function() return w(u.name:eq "") end,
      "select u.id from users as u where u.name = $1", { "" } },
    { "binds false", function() return w(u.active:eq(false)) end,
      "select u.id from users as u where u.active = $1", { false } },
    { "binds a fraction", function() return w(u.score:lt(0.5)) end,
      "select u.id from users as u where u.score < $1", { 0.5 } },
    { "binds a text for a numeric", function() return w(u.credit:ge "10.50") end,
      "select u.id from users as u where u.credit >= $1", { "10.50" } },
    { "compares an enum with its label", function() return w(u.role:eq "admin") end,
      "select u.id from users as u where u.role = $1", { "admin" } },
    { "compares with NULL by is null", function() return w(u.age:eq(mp.null)) end,
      "select u.id from users as u where u.age is null" },
    { "compares with NULL by is not null", function() return w(u.age:ne(mp.null)) end,
      "select u.id from users as u where u.age is not null" },
    { "asks for NULL", function() return w(u.name:is_null()) end,
      "select u.id from users as u where u.name is null" },
    { "asks for not NULL", function() return w(u.name:is_not_null()) end,
      "select u.id from users as u where u.name is not null" },
    { "tells values apart, NULL too", function() return w(u.age:is_distinct_from(3)) end,
      "select u.id from users as u where u.age is distinct from $1", { 3 } },
    { "tells two columns apart, NULL too", function()
      return w(u.team_id:is_not_distinct_from(u.manager_id))
    end,
      "select u.id from users as u where u.team_id is not distinct from u.manager_id" },
    { "tells NULL apart from a value", function()
      return w(u.age:is_distinct_from(mp.null))
    end,
      "select u.id from users as u where u.age is distinct from $1", { mp.null } },
    { "asks whether a boolean is true", function() return w(u.active:is_true()) end,
      "select u.id from users as u where u.active is true" },
    { "asks whether a boolean is not true", function() return w(u.active:is_not_true()) end,
      "select u.id from users as u where u.active is not true" },
    { "asks whether a boolean is false", function() return w(u.active:is_false()) end,
      "select u.id from users as u where u.active is false" },
    { "asks whether a boolean is not false", function()
      return w(u.active:is_not_false())
    end,
      "select u.id from users as u where u.active is not false" },
    { "asks whether a condition is unknown", function()
      return w(u.age:gt(3):is_unknown())
    end,
      "select u.id from users as u where (u.age > $1) is unknown", { 3 } },
    { "asks whether a condition is known", function()
      return w(u.age:gt(3):is_not_unknown())
    end,
      "select u.id from users as u where (u.age > $1) is not unknown", { 3 } },
    { "takes a boolean column for a condition", function() return w(u.active) end,
      "select u.id from users as u where u.active" },
    { "lies between values", function() return w(u.age:between(18, 65)) end,
      "select u.id from users as u where u.age between $1 and $2", { 18, 65 } },
    { "lies between columns", function() return w(u.age:between(u.team_id, u.manager_id)) end,
      "select u.id from users as u where u.age between u.team_id and u.manager_id" },
    { "lies between values in either order", function()
      return w(u.age:between(65, 18, { symmetric = true }))
    end,
      "select u.id from users as u where u.age between symmetric $1 and $2", { 65, 18 } },
    { "does not lie between values", function() return w(u.age:not_between(1, 2)) end,
      "select u.id from users as u where u.age not between $1 and $2", { 1, 2 } },
    { "does not lie between them in either order", function()
      return w(u.age:not_between(2, 1, { symmetric = true }))
    end,
      "select u.id from users as u where u.age not between symmetric $1 and $2", { 2, 1 } },
    { "makes a list one array", function() return w(u.id:one_of { 1, 2, 3 }) end,
      "select u.id from users as u where u.id = any($1)", { { 1, 2, 3 } } },
    { "makes a list of one the same text", function() return w(u.id:one_of { 7 }) end,
      "select u.id from users as u where u.id = any($1)", { { 7 } } },
    { "makes an empty list the same text", function() return w(u.id:one_of {}) end,
      "select u.id from users as u where u.id = any($1)", { {} } },
    { "makes a list of texts one array", function()
      return w(u.role:one_of { "editor", "admin" })
    end,
      "select u.id from users as u where u.role = any($1)", { { "editor", "admin" } } },
    { "excludes a list by one array", function() return w(u.id:none_of { 1, 2 }) end,
      "select u.id from users as u where u.id <> all($1)", { { 1, 2 } } },
    { "spells out a list with expressions", function()
      return w(u.id:one_of { 1, u.team_id, mp.fn.abs(u.manager_id) })
    end,
      "select u.id from users as u where u.id in ($1, u.team_id, abs(u.manager_id))", { 1 } },
    { "excludes a list with expressions", function()
      return w(u.id:none_of { u.team_id, 4 })
    end,
      "select u.id from users as u where u.id not in (u.team_id, $1)", { 4 } },
    { "is one of a select's rows", function()
      return w(u.id:one_of(mp.select({ p.author_id }):from(p)))
    end,
      "select u.id from users as u where u.id in (select p.author_id from posts as p)" },
    { "is none of a select's rows", function()
      return w(u.id:none_of(mp.select({ p.author_id }):from(p):where { state = "live" }))
    end,
      "select u.id from users as u where u.id not in (select p.author_id from posts as p "
        .. "where p.state = $1)", { "live" } },
    { "is one of an array column's elements", function() return w(u.age:one_of(u.marks)) end,
      "select u.id from users as u where u.age = any(u.marks)" },
    { "is none of an array column's elements", function()
      return w(u.age:none_of(u.marks))
    end,
      "select u.id from users as u where u.age <> all(u.marks)" },
    { "is above any of a select's rows", function()
      return w(u.age:gt(mp.any_of(mp.select({ p.views }):from(p))))
    end,
      "select u.id from users as u where u.age > any(select p.views from posts as p)" },
    { "is above all of a select's rows", function()
      return w(u.age:gt(mp.all_of(mp.select({ p.views }):from(p))))
    end,
      "select u.id from users as u where u.age > all(select p.views from posts as p)" },
    { "differs from all of a list", function() return w(u.age:ne(mp.all_of { 1, 2 })) end,
      "select u.id from users as u where u.age <> all($1)", { { 1, 2 } } },
    { "is below any element of a column", function()
      return w(u.age:lt(mp.any_of(u.marks)))
    end,
      "select u.id from users as u where u.age < any(u.marks)" },
    { "is like any of some patterns", function()
      return w(u.name:like(mp.any_of { "a%", "b%" }))
    end,
      "select u.id from users as u where u.name like any($1)", { { "a%", "b%" } } },
    { "reads a filter in the order of its names", function()
      return w { role = "admin", age = mp.gte(18), email = mp.ne "x" }
    end,
      "select u.id from users as u where u.age >= $1 and u.email <> $2 and u.role = $3",
      { 18, "x", "admin" } },
    { "reads a list in a filter as any of it", function() return w { id = { 1, 2 } } end,
      "select u.id from users as u where u.id = any($1)", { { 1, 2 } } },
    { "reads NULL in a filter as is null", function() return w { name = mp.null } end,
      "select u.id from users as u where u.name is null" },
    { "reads a select in a filter as a subquery", function()
      return w { id = mp.select({ mp.fn.max(p.author_id) }):from(p) }
    end,
      "select u.id from users as u where u.id = (select max(p.author_id) from posts as p)" },
    { "reads operators in a filter", function()
      return w { age = mp.between(1, 2), name = mp.ilike "%a%", tags = mp.contains { "x" },
        score = mp.lt(3) }
    end,
      "select u.id from users as u where u.age between $1 and $2 and u.name ilike $3 and "
        .. "u.score < $4 and u.tags @> $5", { 1, 2, "%a%", 3, { "x" } } },
    { "compares an array in a filter as a whole", function() return w { tags = { "a" } } end,
      "select u.id from users as u where u.tags = $1", { { "a" } } },
    { "compares JSON in a filter as a whole", function()
      return w { settings = { theme = "dark" } }
    end,
      "select u.id from users as u where u.settings = $1", { { theme = "dark" } } },
    { "takes several conditions", function()
      return w(u.age:gt(1), { active = true }, u.name:ne "x")
    end,
      "select u.id from users as u where u.age > $1 and u.active = $2 and u.name <> $3",
      { 1, true, "x" } },
    { "takes a list of conditions", function() return w { u.age:gt(1), u.name:ne "x" } end,
      "select u.id from users as u where u.age > $1 and u.name <> $2", { 1, "x" } },
    { "adds conditions call by call", function()
      return w(u.age:gt(1)):where(u.age:lt(9)):where { name = "x" }
    end,
      "select u.id from users as u where u.age > $1 and u.age < $2 and u.name = $3",
      { 1, 9, "x" } },
    { "takes an expression for a filter's value", function()
      return w { age = u.team_id, name = mp.fn.lower(u.email) }
    end,
      "select u.id from users as u where u.age = u.team_id and u.name = lower(u.email)" },
    { "compares a subquery with a value", function()
      local n = mp.select({ mp.fn.count() }):from(p):where(p.author_id:eq(u.id))
      return w(mp.scalar(n):gt(3))
    end,
      "select u.id from users as u where (select count(*) from posts as p where "
        .. "p.author_id = u.id) > $1", { 3 } },
    { "takes the label's expression in a condition", function()
      local total = (u.age + 1):as "total"
      return mp.select({ total }):from(u):where(total:gt(3))
    end,
      "select u.age + $1 as total from users as u where u.age + $1 > $2", { 1, 3 } },
  }
end
