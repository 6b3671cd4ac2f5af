-- windows.lua - cases: window functions, their frames, and windows with a name.
return function(mp, t)
  local u, e = t.u, t.e
  local fn = mp.fn
  local function v(value) return mp.select({ e.id, v = value }):from(e) end
  local function running(frame)
    frame.order = frame.order or e.at
    return v(fn.sum(e.amount):over(frame))
  end

  return {
    { "numbers all rows", function() return v(fn.row_number():over()) end,
      "select e.id, row_number() over () as v from events as e" },
    { "numbers rows of an empty window", function() return v(fn.row_number():over {}) end,
      "select e.id, row_number() over () as v from events as e" },
    { "numbers rows of an empty partition and order", function()
      return v(fn.row_number():over { partition = {}, order = {} })
    end,
      "select e.id, row_number() over () as v from events as e" },
    { "ranks by an order", function() return v(fn.rank():over { order = e.amount:desc() }) end,
      "select e.id, rank() over (order by e.amount desc) as v from events as e" },
    { "ranks in parts", function()
      return v(fn.rank():over { partition = e.kind, order = e.amount:desc() })
    end,
      "select e.id, rank() over (partition by e.kind order by e.amount desc) as v from "
        .. "events as e" },
    { "ranks in parts by several columns", function()
      return v(fn.dense_rank():over { partition = { e.kind, e.user_id },
        order = { e.at:desc():nulls_last(), e.id } })
    end,
      "select e.id, dense_rank() over (partition by e.kind, e.user_id order by e.at desc "
        .. "nulls last, e.id) as v from events as e" },
    { "parts without an order", function()
      return v(fn.sum(e.amount):over { partition = e.kind })
    end,
      "select e.id, sum(e.amount) over (partition by e.kind) as v from events as e" },
    { "parts by an expression", function()
      return v(fn.count():over { partition = fn.date_trunc("month", e.at) })
    end,
      "select e.id, count(*) over (partition by date_trunc($1, e.at)) as v from events as e",
      { "month" } },
    { "looks at the row before", function() return v(fn.lag(e.amount):over { order = e.at }) end,
      "select e.id, lag(e.amount) over (order by e.at) as v from events as e" },
    { "looks some rows ahead, with a value for none", function()
      return v(fn.lead(e.amount, 2, 0):over { order = e.at })
    end,
      "select e.id, lead(e.amount, $1::int4, $2::int4) over (order by e.at) as v from "
        .. "events as e", { 2, 0 } },
    { "takes the first value", function()
      return v(fn.first_value(e.kind):over { partition = e.user_id, order = e.at })
    end,
      "select e.id, first_value(e.kind) over (partition by e.user_id order by e.at) as v "
        .. "from events as e" },
    { "splits into quarters", function() return v(fn.ntile(4):over { order = e.amount }) end,
      "select e.id, ntile($1::int4) over (order by e.amount) as v from events as e", { 4 } },
    { "sums up to the current row", function()
      return running { rows = { "unbounded preceding", "current row" } }
    end,
      "select e.id, sum(e.amount) over (order by e.at rows between unbounded preceding and "
        .. "current row) as v from events as e" },
    { "sums up to the current row by infinite ends", function()
      return running { rows = { -math.huge, 0 } }
    end,
      "select e.id, sum(e.amount) over (order by e.at rows between unbounded preceding and "
        .. "current row) as v from events as e" },
    { "sums from the current row on", function()
      return running { rows = { 0, "unbounded following" } }
    end,
      "select e.id, sum(e.amount) over (order by e.at rows between current row and "
        .. "unbounded following) as v from events as e" },
    { "sums everything by infinite ends", function()
      return running { rows = { -math.huge, math.huge } }
    end,
      "select e.id, sum(e.amount) over (order by e.at rows between unbounded preceding and "
        .. "unbounded following) as v from events as e" },
    { "sums the rows around", function() return running { rows = { -3, 3 } } end,
      "select e.id, sum(e.amount) over (order by e.at rows between $1::int8 preceding and "
        .. "$2::int8 following) as v from events as e", { 3, 3 } },
    { "sums the rows before", function() return running { rows = { -7, -1 } } end,
      "select e.id, sum(e.amount) over (order by e.at rows between $1::int8 preceding and "
        .. "$2::int8 preceding) as v from events as e", { 7, 1 } },
    { "sums the rows after", function() return running { rows = { 1, 7 } } end,
      "select e.id, sum(e.amount) over (order by e.at rows between $1::int8 following and "
        .. "$2::int8 following) as v from events as e", { 1, 7 } },
    { "sums a range of values", function()
      return running { order = e.id, range = { -10, 10 } }
    end,
      "select e.id, sum(e.amount) over (order by e.id range between $1 preceding and $2 "
        .. "following) as v from events as e", { 10, 10 } },
    { "sums a range of time", function()
      local day = mp.sql "interval '1 day'"
      return running { range = { { preceding = day }, { following = day } } }
    end,
      "select e.id, sum(e.amount) over (order by e.at range between (interval '1 day') "
        .. "preceding and (interval '1 day') following) as v from events as e" },
    { "sums a range of time that is bound", function()
      return running { range = { { preceding = mp.sql("?::interval", "7 days") }, "current row" } }
    end,
      "select e.id, sum(e.amount) over (order by e.at range between ($1::interval) "
        .. "preceding and current row) as v from events as e", { "7 days" } },
    { "sums peers", function() return running { groups = { -1, 1 } } end,
      "select e.id, sum(e.amount) over (order by e.at groups between $1::int8 preceding "
        .. "and $2::int8 following) as v from events as e", { 1, 1 } },
    { "sums peers to the end", function() return running { groups = { 0, math.huge } } end,
      "select e.id, sum(e.amount) over (order by e.at groups between current row and "
        .. "unbounded following) as v from events as e" },
    { "leaves the current row out", function()
      return running { rows = { -3, 3 }, exclude = "current row" }
    end,
      "select e.id, sum(e.amount) over (order by e.at rows between $1::int8 preceding and "
        .. "$2::int8 following exclude current row) as v from events as e", { 3, 3 } },
    { "leaves the peers out", function()
      return running { groups = { -1, 1 }, exclude = "group" }
    end,
      "select e.id, sum(e.amount) over (order by e.at groups between $1::int8 preceding "
        .. "and $2::int8 following exclude group) as v from events as e", { 1, 1 } },
    { "leaves ties out", function()
      return running { rows = { -math.huge, math.huge }, exclude = "ties" }
    end,
      "select e.id, sum(e.amount) over (order by e.at rows between unbounded preceding and "
        .. "unbounded following exclude ties) as v from events as e" },
    { "leaves nothing out", function()
      return running { range = { -math.huge, 0 }, exclude = "no others" }
    end,
      "select e.id, sum(e.amount) over (order by e.at range between unbounded preceding "
        .. "and current row exclude no others) as v from events as e" },
    { "bounds a frame by a column's expression", function()
      return running { rows = { { preceding = mp.sql "1 + 1" }, 0 } }
    end,
      "select e.id, sum(e.amount) over (order by e.at rows between (1 + 1) preceding and "
        .. "current row) as v from events as e" },
    { "filters before it sums", function()
      return v(fn.count():filter(e.kind:eq "x"):over { order = e.at })
    end,
      "select e.id, count(*) filter (where e.kind = $1) over (order by e.at) as v from "
        .. "events as e", { "x" } },
    { "calculates with a window's value", function()
      return v(e.amount / fn.sum(e.amount):over { partition = e.kind })
    end,
      "select e.id, e.amount / sum(e.amount) over (partition by e.kind) as v from events as e" },
    { "casts a window's value", function() return v(fn.row_number():over():cast "int4") end,
      "select e.id, row_number() over ()::int4 as v from events as e" },
    { "names a window", function()
      return mp.select({ fn.rank():over "w", fn.sum(e.amount):over "w" }):from(e)
        :window("w", { partition = e.kind, order = e.at })
    end,
      "select rank() over w, sum(e.amount) over w from events as e window w as (partition "
        .. "by e.kind order by e.at)" },
    { "refines a named window's order", function()
      return mp.select({ fn.rank():over { base = "w", order = e.at } }):from(e)
        :window("w", { partition = e.kind })
    end,
      "select rank() over (w order by e.at) from events as e window w as (partition by e.kind)" },
    { "refines a named window's frame", function()
      return mp.select({ fn.sum(e.amount):over { base = "w", rows = { -1, 1 } } }):from(e)
        :window("w", { order = e.at })
    end,
      "select sum(e.amount) over (w rows between $1::int8 preceding and $2::int8 "
        .. "following) from events as e window w as (order by e.at)", { 1, 1 } },
    { "names two windows, one by the other", function()
      return mp.select({ fn.rank():over "b" }):from(e):window("a", { partition = e.kind })
        :window("b", { base = "a", order = e.at })
    end,
      "select rank() over b from events as e window a as (partition by e.kind), b as (a "
        .. "order by e.at)" },
    { "quotes a window's name", function()
      return mp.select({ fn.rank():over "My Window" }):from(e)
        :window("My Window", { order = e.at })
    end,
      'select rank() over "My Window" from events as e window "My Window" as (order by e.at)' },
    { "writes windows between having and order", function()
      return mp.select({ e.kind, fn.rank():over "w" }):from(e):group_by(e.kind)
        :having(fn.count():gt(1)):window("w", { order = fn.sum(e.amount):desc() })
        :order_by "kind"
    end,
      "select e.kind, rank() over w from events as e group by e.kind having count(*) > $1 "
        .. "window w as (order by sum(e.amount) desc) order by e.kind", { 1 } },
    { "orders by a window", function()
      return mp.select({ e.id }):from(e):order_by(fn.row_number():over { order = e.at }:desc())
    end,
      "select e.id from events as e order by row_number() over (order by e.at) desc" },
    { "takes the latest of each part by a subquery", function()
      local x = mp.select({ e.id, e.kind,
        place = fn.row_number():over { partition = e.kind, order = e.at:desc() } }):from(e):as "x"
      return mp.select({ x.id, x.kind }):from(x):where(x.place:eq(1))
    end,
      "select x.id, x.kind from (select e.id, e.kind, row_number() over (partition by "
        .. "e.kind order by e.at desc) as place from events as e) as x where x.place = $1",
      { 1 } },
    { "ranks sums", function()
      return mp.select({ e.user_id, place = fn.rank():over { order = fn.sum(e.amount):desc() } })
        :from(e):group_by(e.user_id)
    end,
      "select e.user_id, rank() over (order by sum(e.amount) desc) as place from events as "
        .. "e group by e.user_id" },
    { "takes the nth value", function()
      return running { order = e.id }:columns_added {
        second = fn.nth_value(e.amount, 2):over { order = e.at,
          rows = { -math.huge, math.huge } } }
    end,
      "select e.id, sum(e.amount) over (order by e.id) as v, nth_value(e.amount, $1::int4) "
        .. "over (order by e.at rows between unbounded preceding and unbounded following) as "
        .. "second from events as e", { 2 } },
    { "sums over users and their managers", function()
      return mp.select({ u.id, fn.avg(u.age):over { partition = u.manager_id }:as "mean" }):from(u)
    end,
      "select u.id, avg(u.age) over (partition by u.manager_id) as mean from users as u" },
  }
end
