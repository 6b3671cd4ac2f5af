-- groupings.lua - cases: grouping sets, rollup, cube, and row locks.
return function(mp, t)
  local u, e, p = t.u, t.e, t.p
  local fn = mp.fn
  local function s(...)
    return mp.select({ e.kind, total = fn.sum(e.amount) }):from(e):group_by(...)
  end
  local function l(method, options)
    local query = mp.select({ u.id }):from(u)
    return query[method](query, options)
  end

  return {
    { "rolls up", function() return s(mp.rollup(e.kind, e.user_id)) end,
      "select e.kind, sum(e.amount) as total from events as e group by rollup (e.kind, "
        .. "e.user_id)" },
    { "rolls up a column beside others", function()
      return s(e.kind, mp.rollup(e.user_id, e.at))
    end,
      "select e.kind, sum(e.amount) as total from events as e group by e.kind, rollup "
        .. "(e.user_id, e.at)" },
    { "rolls up several at a time", function() return s(mp.rollup({ e.kind, e.user_id }, e.at)) end,
      "select e.kind, sum(e.amount) as total from events as e group by rollup ((e.kind, "
        .. "e.user_id), e.at)" },
    { "takes totals of every choice", function() return s(mp.cube(e.kind, e.user_id)) end,
      "select e.kind, sum(e.amount) as total from events as e group by cube (e.kind, e.user_id)" },
    { "takes totals of every choice of several", function()
      return s(mp.cube({ e.kind, e.user_id }, { e.at }))
    end,
      "select e.kind, sum(e.amount) as total from events as e group by cube ((e.kind, "
        .. "e.user_id), (e.at))" },
    { "takes the totals that it names", function()
      return s(mp.grouping_sets({ e.kind, e.user_id }, { e.kind }, {}))
    end,
      "select e.kind, sum(e.amount) as total from events as e group by grouping sets "
        .. "((e.kind, e.user_id), (e.kind), ())" },
    { "takes totals of single columns", function()
      return s(mp.grouping_sets(e.kind, e.user_id))
    end,
      "select e.kind, sum(e.amount) as total from events as e group by grouping sets "
        .. "(e.kind, e.user_id)" },
    { "nests a rollup in grouping sets", function()
      return s(mp.grouping_sets(mp.rollup(e.kind, e.user_id), { e.at }))
    end,
      "select e.kind, sum(e.amount) as total from events as e group by grouping sets "
        .. "(rollup (e.kind, e.user_id), (e.at))" },
    { "crosses grouping sets", function()
      return s(mp.rollup(e.kind), mp.cube(e.user_id))
    end,
      "select e.kind, sum(e.amount) as total from events as e group by rollup (e.kind), "
        .. "cube (e.user_id)" },
    { "crosses grouping sets, each group once", function()
      return mp.select({ e.kind, fn.count() }):from(e)
        :group_by_distinct(mp.rollup(e.kind, e.user_id), mp.rollup(e.kind, e.at))
    end,
      "select e.kind, count(*) from events as e group by distinct rollup (e.kind, "
        .. "e.user_id), rollup (e.kind, e.at)" },
    { "rolls up an expression", function()
      local month = fn.date_trunc("month", e.at)
      return mp.select({ month = month, n = fn.count() }):from(e):group_by(mp.rollup(month, e.kind))
    end,
      "select date_trunc($1, e.at) as month, count(*) as n from events as e group by "
        .. "rollup (date_trunc($1, e.at), e.kind)", { "month" } },
    { "tells which totals a row has", function()
      return mp.select({ e.kind, level = fn.grouping(e.kind, e.user_id), n = fn.count() }):from(e)
        :group_by(mp.rollup(e.kind, e.user_id)):order_by "level"
    end,
      "select e.kind, grouping(e.kind, e.user_id) as level, count(*) as n from events as e "
        .. "group by rollup (e.kind, e.user_id) order by level" },
    { "asks which totals in having", function()
      return s(mp.cube(e.kind, e.user_id)):having(fn.grouping(e.user_id):eq(1))
    end,
      "select e.kind, sum(e.amount) as total from events as e group by cube (e.kind, "
        .. "e.user_id) having grouping(e.user_id) = $1", { 1 } },

    { "locks rows for an update", function() return l "for_update" end,
      "select u.id from users as u for update" },
    { "locks rows for an update of no key", function() return l "for_no_key_update" end,
      "select u.id from users as u for no key update" },
    { "locks rows for share", function() return l "for_share" end,
      "select u.id from users as u for share" },
    { "locks rows for share of the key", function() return l "for_key_share" end,
      "select u.id from users as u for key share" },
    { "skips locked rows", function() return l("for_update", { skip_locked = true }) end,
      "select u.id from users as u for update skip locked" },
    { "fails at locked rows", function() return l("for_share", { nowait = true }) end,
      "select u.id from users as u for share nowait" },
    { "locks rows of one table", function()
      return mp.select({ u.id }):from(u):join(p, p.author_id:eq(u.id)):for_update { of = u }
    end,
      "select u.id from users as u join posts as p on p.author_id = u.id for update of u" },
    { "locks rows of several tables", function()
      return mp.select({ u.id }):from(u):join(p, p.author_id:eq(u.id))
        :for_update { of = { u, p }, nowait = true }
    end,
      "select u.id from users as u join posts as p on p.author_id = u.id for update of u, "
        .. "p nowait" },
    { "locks rows of a table by its name", function()
      return mp.select({ u.id }):from(u):for_update { of = "u", skip_locked = true }
    end,
      "select u.id from users as u for update of u skip locked" },
    { "locks tables differently", function()
      return mp.select({ u.id }):from(u):join(p, p.author_id:eq(u.id))
        :for_update({ of = u }):for_share { of = p, skip_locked = true }
    end,
      "select u.id from users as u join posts as p on p.author_id = u.id for update of u "
        .. "for share of p skip locked" },
    { "takes jobs from a queue", function()
      return mp.select({ e.id }):from(e):where { kind = "job" }:order_by("id"):limit(10)
        :for_update { skip_locked = true }
    end,
      "select e.id from events as e where e.kind = $1 order by e.id limit $2 for update "
        .. "skip locked", { "job", 10 } },
    { "takes jobs from a queue and deletes them", function()
      local ids = mp.select({ e.id }):from(e):order_by("id"):limit(1)
        :for_update { skip_locked = true }
      return mp.delete(t.Event):where(t.Event.id:one_of(ids)):returning()
    end,
      "delete from events where events.id in (select e.id from events as e order by e.id "
        .. "limit $1 for update skip locked) returning *", { 1 } },
    { "locks in a subquery", function()
      local x = mp.select({ u.id }):from(u):for_update():as "x"
      return mp.select({ fn.count() }):from(x)
    end,
      "select count(*) from (select u.id from users as u for update) as x" },
  }
end
