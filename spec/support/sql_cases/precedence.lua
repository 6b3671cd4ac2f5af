-- precedence.lua - cases: what binds how tightly, and where brackets must stand.
return function(mp, t)
  local u = t.u
  local a, b, d = u.age:eq(1), u.name:eq "x", u.active
  local function w(...) return mp.select({ u.id }):from(u):where(...) end
  local function v(value) return mp.select({ v = value }):from(u) end

  return {
    { "writes and", function() return w(a & b) end,
      "select u.id from users as u where u.age = $1 and u.name = $2", { 1, "x" } },
    { "writes or", function() return w(a | b) end,
      "select u.id from users as u where u.age = $1 or u.name = $2", { 1, "x" } },
    { "writes not of a column", function() return w(~d) end,
      "select u.id from users as u where not u.active" },
    { "writes not of a comparison", function() return w(~a) end,
      "select u.id from users as u where not u.age = $1", { 1 } },
    { "leaves a chain of and bare", function() return w(a & b & d) end,
      "select u.id from users as u where u.age = $1 and u.name = $2 and u.active",
      { 1, "x" } },
    { "leaves a chain of or bare", function() return w(a | b | d) end,
      "select u.id from users as u where u.age = $1 or u.name = $2 or u.active", { 1, "x" } },
    { "leaves a long chain bare, whatever its shape", function()
      return w((a & b) & (d & a) & (b & (d & a)))
    end,
      "select u.id from users as u where u.age = $1 and u.name = $2 and u.active and u.age "
        .. "= $1 and u.name = $2 and u.active and u.age = $1", { 1, "x" } },
    { "brackets each or of a chain of and", function() return w((a | b) & (d | a) & (b | d)) end,
      "select u.id from users as u where (u.age = $1 or u.name = $2) and (u.active or "
        .. "u.age = $1) and (u.name = $2 or u.active)", { 1, "x" } },
    { "leaves and inside or bare", function() return w(a & b | d) end,
      "select u.id from users as u where u.age = $1 and u.name = $2 or u.active", { 1, "x" } },
    { "leaves and inside or bare on the right", function() return w(d | a & b) end,
      "select u.id from users as u where u.active or u.age = $1 and u.name = $2", { 1, "x" } },
    { "brackets or inside and", function() return w((a | b) & d) end,
      "select u.id from users as u where (u.age = $1 or u.name = $2) and u.active",
      { 1, "x" } },
    { "brackets or inside and on the right", function() return w(d & (a | b)) end,
      "select u.id from users as u where u.active and (u.age = $1 or u.name = $2)",
      { 1, "x" } },
    { "brackets and inside not", function() return w(~(a & b)) end,
      "select u.id from users as u where not (u.age = $1 and u.name = $2)", { 1, "x" } },
    { "brackets or inside not", function() return w(~(a | b)) end,
      "select u.id from users as u where not (u.age = $1 or u.name = $2)", { 1, "x" } },
    { "brackets not inside not", function() return w(~(~a)) end,
      "select u.id from users as u where not (not u.age = $1)", { 1 } },
    { "leaves not inside and bare", function() return w(~a & ~d) end,
      "select u.id from users as u where not u.age = $1 and not u.active", { 1 } },
    { "brackets or between conditions that all hold", function() return w(a | b, d) end,
      "select u.id from users as u where (u.age = $1 or u.name = $2) and u.active",
      { 1, "x" } },
    { "brackets a comparison that is compared", function() return w(a:eq(d)) end,
      "select u.id from users as u where (u.age = $1) = u.active", { 1 } },
    { "brackets a comparison on both sides", function() return w(a:eq(u.score:gt(2))) end,
      "select u.id from users as u where (u.age = $1) = (u.score > $2)", { 1, 2 } },
    { "brackets is null that is compared", function() return w(u.name:is_null():eq(d)) end,
      "select u.id from users as u where (u.name is null) = u.active" },
    { "brackets a comparison before is", function() return w(a:is_null()) end,
      "select u.id from users as u where (u.age = $1) is null", { 1 } },
    { "brackets a comparison before is true", function() return w(u.age:gt(2):is_true()) end,
      "select u.id from users as u where (u.age > $1) is true", { 2 } },
    { "brackets and before is not true", function() return w((a & b):is_not_true()) end,
      "select u.id from users as u where (u.age = $1 and u.name = $2) is not true",
      { 1, "x" } },
    { "brackets a pattern that is compared", function() return w(u.name:like("a%"):eq(d)) end,
      "select u.id from users as u where (u.name like $1) = u.active", { "a%" } },
    { "brackets between that is compared", function()
      return w(u.age:between(1, 2):eq(d))
    end,
      "select u.id from users as u where (u.age between $1 and $2) = u.active", { 1, 2 } },
    { "leaves sums in between bare", function()
      return w((u.age + 1):between(u.team_id - 2, u.team_id + 2))
    end,
      "select u.id from users as u where u.age + $1 between u.team_id - $2 and u.team_id + $3",
      { 1, 2, 2 } },
    { "brackets conditions in between", function()
      return w(u.active:between(u.age:gt(1), u.age:lt(5)))
    end,
      "select u.id from users as u where u.active between (u.age > $1) and (u.age < $2)",
      { 1, 5 } },
    { "brackets not in a comparison", function() return w((~d):eq(true)) end,
      "select u.id from users as u where (not u.active) = $1", { true } },
    { "leaves a sum in a comparison bare", function() return w((u.age + 1):gt(2)) end,
      "select u.id from users as u where u.age + $1 > $2", { 1, 2 } },
    { "leaves a product in a sum bare", function() return v(u.age + u.team_id * 2) end,
      "select u.age + u.team_id * $1 as v from users as u", { 2 } },
    { "brackets a sum in a product", function() return v((u.age + 1) * 2) end,
      "select (u.age + $1) * $2 as v from users as u", { 1, 2 } },
    { "brackets a sum in a product on the right", function() return v(2 * (u.age + 1)) end,
      "select $1 * (u.age + $2) as v from users as u", { 2, 1 } },
    { "leaves a chain of sums bare", function() return v(u.age + 1 - 2) end,
      "select u.age + $1 - $2 as v from users as u", { 1, 2 } },
    { "brackets a difference on the right", function() return v(u.age - (u.team_id - 1)) end,
      "select u.age - (u.team_id - $1) as v from users as u", { 1 } },
    { "brackets a sum on the right of a sum", function() return v(u.age + (u.team_id + 1)) end,
      "select u.age + (u.team_id + $1) as v from users as u", { 1 } },
    { "leaves a chain of products bare", function() return v(u.age * 2 / u.team_id) end,
      "select u.age * $1 / u.team_id as v from users as u", { 2 } },
    { "brackets a quotient on the right", function() return v(u.age / (u.team_id / 2)) end,
      "select u.age / (u.team_id / $1) as v from users as u", { 2 } },
    { "brackets a remainder on the right", function() return v(u.age * (u.team_id % 2)) end,
      "select u.age * (u.team_id % $1) as v from users as u", { 2 } },
    { "brackets a product in a power", function() return v((u.score * 2) ^ 2) end,
      "select (u.score * $1) ^ $2 as v from users as u", { 2, 2 } },
    { "leaves a power in a product bare", function() return v(u.score ^ 2 * 3) end,
      "select u.score ^ $1 * $2 as v from users as u", { 2, 3 } },
    { "reads a chain of powers as Lua does", function() return v(u.score ^ u.score ^ 2) end,
      "select u.score ^ (u.score ^ $1) as v from users as u", { 2 } },
    { "brackets powers from the left", function() return v((u.score ^ 2) ^ 3) end,
      "select (u.score ^ $1) ^ $2 as v from users as u", { 2, 3 } },
    { "negates", function() return v(-u.age) end,
      "select - u.age as v from users as u" },
    { "negates a sum", function() return v(-(u.age + 1)) end,
      "select - (u.age + $1) as v from users as u", { 1 } },
    { "brackets a negation that is negated", function() return v(-(-u.age)) end,
      "select - (- u.age) as v from users as u" },
    { "subtracts a negation without making a comment", function() return v(u.age - -u.age) end,
      "select u.age - - u.age as v from users as u" },
    { "brackets a negation in a power", function() return v((-u.score) ^ 2) end,
      "select (- u.score) ^ $1 as v from users as u", { 2 } },
    { "negates a power", function() return v(-(u.score ^ 2)) end,
      "select - (u.score ^ $1) as v from users as u", { 2 } },
    { "brackets a sum before a cast", function() return v((u.age + 1):cast "text") end,
      "select (u.age + $1)::text as v from users as u", { 1 } },
    { "brackets a negation before a cast", function() return v((-u.age):cast "text") end,
      "select (- u.age)::text as v from users as u" },
    { "leaves a cast before a cast bare", function()
      return v(u.age:cast("int8"):cast "text")
    end,
      "select u.age::int8::text as v from users as u" },
    { "brackets a comparison before a cast", function() return v(a:cast "text") end,
      "select (u.age = $1)::text as v from users as u", { 1 } },
    { "joins texts", function() return v(u.name .. "!" .. u.email) end,
      "select u.name || ($1 || u.email) as v from users as u", { "!" } },
    { "brackets a sum's text in a concatenation", function()
      return v((u.name .. "-") .. (u.age + 1):cast "text")
    end,
      "select u.name || $1 || (u.age + $2)::text as v from users as u", { "-", 1 } },
    { "leaves a concatenation in a comparison bare", function()
      return w((u.name .. "x"):eq "ax")
    end,
      "select u.id from users as u where u.name || $1 = $2", { "x", "ax" } },
    { "brackets an operator inside another", function()
      return w((u.tags .. { "x" }):contains { "a" })
    end,
      "select u.id from users as u where (u.tags || $1) @> $2", { { "x" }, { "a" } } },
    { "brackets an operator on the right of another", function()
      return w(u.tags:contains(u.tags .. { "a" }))
    end,
      "select u.id from users as u where u.tags @> (u.tags || $1)", { { "a" } } },
    { "brackets JSON paths on the right", function()
      return w(u.settings:contains(u.settings:at "a"))
    end,
      "select u.id from users as u where u.settings @> (u.settings -> $1)", { "a" } },
    { "brackets and in case's operand", function()
      return v(mp.case { of = a & b, { true, 1 }, otherwise = 2 })
    end,
      "select case (u.age = $1 and u.name = $2) when $3 then $4::int4 else $5::int4 end as "
        .. "v from users as u", { 1, "x", true, 1, 2 } },
    { "brackets a collated concatenation", function()
      return w((u.name .. "x"):collate("C"):gt "b")
    end,
      'select u.id from users as u where (u.name || $1) collate "C" > $2', { "x", "b" } },
    { "leaves a collation in a comparison bare", function()
      return w(u.name:collate("C"):lt "b")
    end,
      'select u.id from users as u where u.name collate "C" < $1', { "b" } },
    { "brackets a sum before at time zone", function()
      return v((u.seen_at + mp.sql "interval '1 day'"):at_time_zone "UTC")
    end,
      "select (u.seen_at + (interval '1 day')) at time zone $1 as v from users as u",
      { "UTC" } },
    { "brackets at time zone before a cast", function()
      return v(u.seen_at:at_time_zone("UTC"):cast "date")
    end,
      "select (u.seen_at at time zone $1)::date as v from users as u", { "UTC" } },
    { "leaves a subscript bare", function() return w(u.tags:at(1):eq "a") end,
      "select u.id from users as u where u.tags[$1] = $2", { 1, "a" } },
    { "brackets what is subscripted", function() return w((u.tags .. { "x" }):at(1):eq "a") end,
      "select u.id from users as u where (u.tags || $1)[$2] = $3", { { "x" }, 1, "a" } },
    { "brackets a list of or in having", function()
      return mp.select({ u.role }):from(u):group_by(u.role)
        :having(mp.fn.count():gt(1) | mp.fn.max(u.age):lt(9), mp.fn.min(u.age):gt(0))
    end,
      "select u.role from users as u group by u.role having (count(*) > $1 or max(u.age) < "
        .. "$2) and min(u.age) > $3", { 1, 9, 0 } },
    { "brackets or beside a join's condition", function()
      local p = t.p
      return mp.select({ u.id }):from(u):join(p, p.author_id:eq(u.id) & (a | b))
    end,
      "select u.id from users as u join posts as p on p.author_id = u.id and (u.age = $1 "
        .. "or u.name = $2)", { 1, "x" } },
    { "brackets a subquery once", function()
      return w(u.age:eq(mp.select({ mp.fn.max(u.age) }):from(u)) & d)
    end,
      "select u.id from users as u where u.age = (select max(u.age) from users as u) and "
        .. "u.active" },
    { "leaves quantified comparisons bare in logic", function()
      return w(u.id:one_of { 1 } | ~u.id:one_of { 2 })
    end,
      "select u.id from users as u where u.id = any($1) or not u.id = any($2)",
      { { 1 }, { 2 } } },
    { "leaves distinct from inside and bare", function()
      return w(u.age:is_distinct_from(1) & d)
    end,
      "select u.id from users as u where u.age is distinct from $1 and u.active", { 1 } },
    { "brackets distinct from inside not's equality", function()
      return w(u.age:is_distinct_from(1):eq(d))
    end,
      "select u.id from users as u where (u.age is distinct from $1) = u.active", { 1 } },
    { "leaves calls bare everywhere", function()
      return w(~mp.fn.starts_with(u.name, "a") & mp.fn.length(u.name):cast("int8"):gt(2))
    end,
      "select u.id from users as u where not starts_with(u.name, $1) and "
        .. "length(u.name)::int8 > $2", { "a", 2 } },
    { "brackets shifts beside sums", function() return v((u.age << 2) + 1) end,
      "select (u.age << $1) + $2 as v from users as u", { 2, 1 } },
    { "leaves sums beside shifts bare", function() return v((u.age + 1) >> 2) end,
      "select u.age + $1 >> $2 as v from users as u", { 1, 2 } },
  }
end
