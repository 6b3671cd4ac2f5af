-- arithmetic.lua - cases: calculation, and what type a value has beside what it is added to.
return function(mp, t)
  local u, e, h = t.u, t.e, t.h
  local function v(value) return mp.select({ v = value }):from(u) end

  return {
    { "adds a value", function() return v(u.age + 1) end,
      "select u.age + $1 as v from users as u", { 1 } },
    { "adds to a value", function() return v(1 + u.age) end,
      "select $1 + u.age as v from users as u", { 1 } },
    { "subtracts", function() return v(u.age - 1) end,
      "select u.age - $1 as v from users as u", { 1 } },
    { "subtracts from a value", function() return v(100 - u.age) end,
      "select $1 - u.age as v from users as u", { 100 } },
    { "multiplies", function() return v(u.credit * 2) end,
      "select u.credit * $1 as v from users as u", { 2 } },
    { "divides", function() return v(u.credit / 3) end,
      "select u.credit / $1 as v from users as u", { 3 } },
    { "takes the remainder", function() return v(u.age % 10) end,
      "select u.age % $1 as v from users as u", { 10 } },
    { "raises to a power", function() return v(u.score ^ 3) end,
      "select u.score ^ $1 as v from users as u", { 3 } },
    { "multiplies columns", function() return v(u.age * u.team_id) end,
      "select u.age * u.team_id as v from users as u" },
    { "keeps a fraction beside an integer column", function() return v(u.age * 1.5) end,
      "select u.age * $1::numeric as v from users as u", { 1.5 } },
    { "keeps a fraction before an integer column", function() return v(0.5 * u.age) end,
      "select $1::numeric * u.age as v from users as u", { 0.5 } },
    { "leaves a fraction beside a float column alone", function() return v(u.score * 1.5) end,
      "select u.score * $1 as v from users as u", { 1.5 } },
    { "leaves a fraction beside numeric alone", function() return v(u.credit * 1.5) end,
      "select u.credit * $1 as v from users as u", { 1.5 } },
    { "keeps a wide integer beside a narrow column", function()
      return v(u.age + 5000000000)
    end,
      "select u.age + $1::int8 as v from users as u", { 5000000000 } },
    { "shifts to the left", function() return v(u.age << 2) end,
      "select u.age << $1 as v from users as u", { 2 } },
    { "shifts to the right", function() return v(u.age >> 2) end,
      "select u.age >> $1 as v from users as u", { 2 } },
    { "has bitwise and", function() return v(u.age:bit_and(6)) end,
      "select u.age & $1 as v from users as u", { 6 } },
    { "has bitwise or", function() return v(u.age:bit_or(6)) end,
      "select u.age | $1 as v from users as u", { 6 } },
    { "has bitwise exclusive or", function() return v(u.age:bit_xor(6)) end,
      "select u.age # $1 as v from users as u", { 6 } },
    { "asks bits in a condition", function()
      return mp.select({ u.id }):from(u):where(u.age:bit_and(4):ne(0))
    end,
      "select u.id from users as u where u.age & $1 <> $2", { 4, 0 } },
    { "subtracts times", function() return v(u.seen_at - u.created_at) end,
      "select u.seen_at - u.created_at as v from users as u" },
    { "adds an interval of SQL", function()
      return v(u.seen_at + mp.sql "interval '1 day'")
    end,
      "select u.seen_at + (interval '1 day') as v from users as u" },
    { "adds an interval by its parts", function()
      return v(u.seen_at + mp.fn.make_interval(mp.named { days = 3 }))
    end,
      "select u.seen_at + make_interval(days => $1::int4) as v from users as u", { 3 } },
    { "adds days to a date", function() return v(u.born + 7) end,
      "select u.born + $1::int4 as v from users as u", { 7 } },
    { "multiplies an interval", function() return mp.select({ v = h.lasts * 2 }):from(h) end,
      "select h.lasts * $1 as v from things as h", { 2 } },
    { "negates an interval", function() return mp.select({ v = -h.lasts }):from(h) end,
      "select - h.lasts as v from things as h" },
    { "appends to an array", function() return v(u.tags .. { "x" }) end,
      "select u.tags || $1 as v from users as u", { { "x" } } },
    { "prepends to an array", function() return v(mp.array({ "x" }, "text") .. u.tags) end,
      "select array[$1]::text[] || u.tags as v from users as u", { "x" } },
    { "merges JSON", function() return v(u.settings .. { theme = "dark" }) end,
      "select u.settings || $1 as v from users as u", { { theme = "dark" } } },
    { "joins a text to a value", function() return v("<" .. u.name .. ">") end,
      "select $1 || (u.name || $2) as v from users as u", { "<", ">" } },
    { "sums in an aggregate", function()
      return mp.select({ total = mp.fn.sum(e.amount * 2 + 1) }):from(e)
    end,
      "select sum(e.amount * $1 + $2) as total from events as e", { 2, 1 } },
    { "calculates in an order", function()
      return mp.select({ u.id }):from(u):order_by((u.age * 2):desc(), -u.score)
    end,
      "select u.id from users as u order by u.age * $1 desc, - u.score", { 2 } },
    { "calculates in an update", function()
      return mp.update(t.User):set({ age = t.User.age + 1, credit = t.User.credit * 1.1 })
    end,
      "update users set age = users.age + $1, credit = users.credit * $2", { 1, 1.1 } },
    { "calculates with a subquery", function()
      return v(u.age - mp.select({ mp.fn.min(u.age) }):from(u))
    end,
      "select u.age - (select min(u.age) from users as u) as v from users as u" },
    { "calculates with what it knows nothing about", function()
      return mp.select({ v = mp.sql "age" + 1 }):from(u)
    end,
      "select age + $1 as v from users as u", { 1 } },
    { "casts a part of JSON and adds", function()
      return v(u.settings:at("n"):cast "int4" + 1)
    end,
      "select (u.settings ->> $1)::int4 + $2 as v from users as u", { "n", 1 } },
    { "adds to a case", function()
      return v(mp.case { { u.active, u.age }, otherwise = 0 } + 1)
    end,
      "select case when u.active then u.age else $1 end + $2 as v from users as u", { 0, 1 } },
  }
end
