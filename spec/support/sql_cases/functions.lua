-- functions.lua - cases: calls, aggregates, casts, case, literals, rows, arrays, fragments.
return function(mp, t)
  local u, e, p = t.u, t.e, t.p
  local fn = mp.fn
  local function v(value) return mp.select({ v = value }):from(u) end
  local function w(...) return mp.select({ u.id }):from(u):where(...) end

  return {
    { "calls a function", function() return v(fn.lower(u.name)) end,
      "select lower(u.name) as v from users as u" },
    { "calls a function without arguments", function() return v(fn.now()) end,
      "select now() as v from users as u" },
    { "calls a function in a function", function() return v(fn.upper(fn.btrim(u.name))) end,
      "select upper(btrim(u.name)) as v from users as u" },
    { "calls what is a reserved word", function() return v(fn.left(u.name, 3)) end,
      'select "left"(u.name, $1::int4) as v from users as u', { 3 } },
    { "calls a function with capitals", function()
      return mp.select({ fn["Total"](u.id) }):from(u)
    end,
      'select "Total"(u.id) from users as u' },
    { "calls what stands without brackets", function()
      return mp.select { fn.current_date(), fn.current_user():as "who" }
    end,
      "select current_date, current_user as who" },
    { "calls what has a grammar of its own by its name", function()
      return mp.select { fn.extract("year", fn.now()), fn.substring("abc", 2, 1) }
    end,
      'select "extract"($1, now()), "substring"($2, $3::int4, $4::int4)',
      { "year", "abc", 2, 1 } },
    { "calls a function of a schema", function()
      return v(fn.sql_cases_audit.score(u.id, 2))
    end,
      "select sql_cases_audit.score(u.id, $1::int4) as v from users as u", { 2 } },
    { "calls a function of a schema by its text", function()
      return v(fn["sql_cases_audit.score"](u.id, 2))
    end,
      "select sql_cases_audit.score(u.id, $1::int4) as v from users as u", { 2 } },
    { "names arguments", function()
      return v(fn.make_interval(mp.named { days = 3, hours = 2 }))
    end,
      "select make_interval(days => $1::int4, hours => $2::int4) as v from users as u",
      { 3, 2 } },
    { "names arguments after others", function()
      return v(fn.sql_cases_audit.score(u.id, mp.named { weight = 3 }))
    end,
      "select sql_cases_audit.score(u.id, weight => $1::int4) as v from users as u", { 3 } },
    { "passes an array as the last arguments", function()
      return v(fn.concat_ws("-", mp.variadic(u.tags)))
    end,
      "select concat_ws($1::text, variadic u.tags) as v from users as u", { "-" } },
    { "types an integer as a constant", function() return v(fn.abs(-5)) end,
      "select abs($1::int4) as v from users as u", { -5 } },
    { "types a wide integer as a constant", function() return v(fn.abs(5000000000)) end,
      "select abs($1::int8) as v from users as u", { 5000000000 } },
    { "types a fraction as a constant", function() return v(fn.round(2.5, 0)) end,
      "select round($1::numeric, $2::int4) as v from users as u", { 2.5, 0 } },
    { "types a boolean where anything is taken", function() return v(fn.concat(true, "a")) end,
      "select concat($1::bool, $2::text) as v from users as u", { true, "a" } },
    { "types a text where anything is taken", function()
      return v(fn.json_build_object("a", "b"))
    end,
      "select json_build_object($1::text, $2::text) as v from users as u", { "a", "b" } },
    { "types a table where anything is taken", function()
      return v(fn.jsonb_build_object("a", { b = 1 }))
    end,
      "select jsonb_build_object($1::text, $2::jsonb) as v from users as u",
      { "a", { b = 1 } } },
    { "leaves a text beside a column alone", function()
      return v(fn.date_trunc("day", u.seen_at))
    end,
      "select date_trunc($1, u.seen_at) as v from users as u", { "day" } },
    { "falls back to a value", function() return v(fn.coalesce(u.name, "?")) end,
      "select coalesce(u.name, $1) as v from users as u", { "?" } },
    { "falls back to a number", function() return v(fn.coalesce(u.age, u.team_id, 0)) end,
      "select coalesce(u.age, u.team_id, $1) as v from users as u", { 0 } },
    { "falls back among values alone", function() return v(fn.coalesce(1, 2)) end,
      "select coalesce($1::int4, $2::int4) as v from users as u", { 1, 2 } },
    { "takes the greatest", function() return v(fn.greatest(u.age, 18)) end,
      "select greatest(u.age, $1) as v from users as u", { 18 } },
    { "takes the least", function() return v(fn.least(u.score, 1)) end,
      "select least(u.score, $1) as v from users as u", { 1 } },
    { "takes NULL for a value", function() return v(fn.nullif(u.name, "")) end,
      "select nullif(u.name, $1) as v from users as u", { "" } },
    { "passes NULL", function() return v(fn.coalesce(mp.null, u.name)) end,
      "select coalesce($1, u.name) as v from users as u", { mp.null } },
    { "passes a select", function()
      return v(fn.coalesce(mp.select({ fn.max(p.views) }):from(p), 0))
    end,
      "select coalesce((select max(p.views) from posts as p), $1::int4) as v from users as u",
      { 0 } },

    { "passes a whole row", function() return v(fn.to_jsonb(u)) end,
      "select to_jsonb(u) as v from users as u" },
    { "gathers whole rows", function()
      local x = mp.select({ p.id, p.title }):from(p):where(p.author_id:eq(u.id)):limit(3):as "x"
      return v(mp.select({ fn.jsonb_agg(x) }):from(x))
    end,
      "select (select jsonb_agg(x) from (select p.id, p.title from posts as p where "
        .. "p.author_id = u.id limit $1) as x) as v from users as u", { 3 } },
    { "counts whole rows of a model", function()
      return mp.select({ fn.count(t.Team) }):from(t.Team)
    end,
      "select count(teams) from teams" },
    { "counts rows", function() return mp.select({ fn.count() }):from(u) end,
      "select count(*) from users as u" },
    { "counts values", function() return mp.select({ fn.count(u.name) }):from(u) end,
      "select count(u.name) from users as u" },
    { "counts different values", function()
      return mp.select({ fn.count(u.name):distinct() }):from(u)
    end,
      "select count(distinct u.name) from users as u" },
    { "sums and names the sum", function()
      return mp.select({ total = fn.sum(e.amount), mean = fn.avg(e.amount) }):from(e)
    end,
      "select avg(e.amount) as mean, sum(e.amount) as total from events as e" },
    { "aggregates some rows only", function()
      return mp.select({ n = fn.count():filter(u.active) }):from(u)
    end,
      "select count(*) filter (where u.active) as n from users as u" },
    { "aggregates by several filters at once", function()
      return mp.select({ old = fn.count():filter(u.age:gt(60)),
        young = fn.count():filter(u.age:lt(20)) }):from(u)
    end,
      "select count(*) filter (where u.age > $1) as old, count(*) filter (where u.age < "
        .. "$2) as young from users as u", { 60, 20 } },
    { "joins filters of an aggregate", function()
      return mp.select({ fn.count():filter(u.active):filter(u.age:gt(3)) }):from(u)
    end,
      "select count(*) filter (where u.active and u.age > $1) from users as u", { 3 } },
    { "aggregates in an order", function()
      return mp.select({ fn.string_agg(u.name, ", "):order_by(u.name, u.id:desc()) }):from(u)
    end,
      "select string_agg(u.name, $1 order by u.name, u.id desc) from users as u", { ", " } },
    { "aggregates different values in an order", function()
      return mp.select({ fn.array_agg(u.role):distinct():order_by(u.role:desc()) }):from(u)
    end,
      "select array_agg(distinct u.role order by u.role desc) from users as u" },
    { "aggregates different values in an order, some rows only", function()
      return mp.select({ fn.string_agg(u.name, ","):distinct():order_by(u.name)
        :filter(u.active) }):from(u)
    end,
      "select string_agg(distinct u.name, $1 order by u.name) filter (where u.active) from "
        .. "users as u", { "," } },
    { "takes a percentile", function()
      return mp.select({ median = fn.percentile_cont(0.5):within_group(e.amount:cast "float8") })
        :from(e)
    end,
      "select percentile_cont($1::numeric) within group (order by e.amount::float8) as "
        .. "median from events as e", { 0.5 } },
    { "takes the most frequent value", function()
      return mp.select({ fn.mode():within_group(u.role:desc()) }):from(u)
    end,
      "select mode() within group (order by u.role desc) from users as u" },
    { "takes a percentile of some rows", function()
      return mp.select({ fn.percentile_disc(0.9):within_group(e.at):filter(e.kind:eq "x") })
        :from(e)
    end,
      "select percentile_disc($1::numeric) within group (order by e.at) filter (where "
        .. "e.kind = $2) from events as e", { 0.9, "x" } },
    { "asks an aggregate in having", function()
      return mp.select({ e.kind }):from(e):group_by(e.kind)
        :having(fn.sum(e.amount):filter(e.at:is_not_null()):gt(10))
    end,
      "select e.kind from events as e group by e.kind having sum(e.amount) filter (where "
        .. "e.at is not null) > $1", { 10 } },

    { "casts a column", function() return v(u.age:cast "text") end,
      "select u.age::text as v from users as u" },
    { "casts to a type with a length", function() return v(u.name:cast "varchar(10)") end,
      "select u.name::varchar(10) as v from users as u" },
    { "casts to a type of several words", function()
      return v(u.seen_at:cast "timestamp without time zone")
    end,
      "select u.seen_at::timestamp without time zone as v from users as u" },
    { "casts to an array", function() return v(u.tags:cast "varchar[]") end,
      "select u.tags::varchar[] as v from users as u" },
    { "casts to a declared type", function() return w(u.name:cast("user_role"):eq(u.role)) end,
      "select u.id from users as u where u.name::user_role = u.role" },
    { "casts a bound value", function() return v(mp.sql("?", "2026-01-01"):cast "date") end,
      "select $1::date as v from users as u", { "2026-01-01" } },
    { "casts a call", function() return v(fn.max(u.age):cast "int8") end,
      "select max(u.age)::int8 as v from users as u" },
    { "casts a subquery", function()
      return v(mp.scalar(mp.select({ fn.count() }):from(p)):cast "text")
    end,
      "select (select count(*) from posts as p)::text as v from users as u" },
    { "casts a case", function()
      return v(mp.case({ { u.active, "1" }, otherwise = "0" }):cast "int4")
    end,
      "select case when u.active then $1 else $2 end::int4 as v from users as u",
      { "1", "0" } },
    { "reads a time in a zone", function()
      return v(u.seen_at:at_time_zone "Europe/Berlin")
    end,
      "select u.seen_at at time zone $1 as v from users as u", { "Europe/Berlin" } },

    { "chooses by conditions", function()
      return v(mp.case { { u.age:lt(18), "young" }, { u.age:gt(65), "old" }, otherwise = "other" })
    end,
      "select case when u.age < $1 then $2 when u.age > $3 then $4 else $5 end as v from "
        .. "users as u", { 18, "young", 65, "old", "other" } },
    { "chooses without another value", function() return v(mp.case { { u.active, u.name } }) end,
      "select case when u.active then u.name end as v from users as u" },
    { "chooses by values", function()
      return v(mp.case { of = u.role, { "admin", 1 }, { "editor", 2 }, otherwise = 3 })
    end,
      "select case u.role when $1 then $2::int4 when $3 then $4::int4 else $5::int4 end as "
        .. "v from users as u", { "admin", 1, "editor", 2, 3 } },
    { "chooses among columns", function()
      return v(mp.case { { u.active, u.age }, otherwise = u.team_id })
    end,
      "select case when u.active then u.age else u.team_id end as v from users as u" },
    { "chooses a number beside a column", function()
      return v(mp.case { { u.active, u.score }, otherwise = 0 })
    end,
      "select case when u.active then u.score else $1 end as v from users as u", { 0 } },
    { "chooses NULL", function()
      return v(mp.case { { u.active, u.name }, otherwise = mp.null })
    end,
      "select case when u.active then u.name else $1 end as v from users as u", { mp.null } },
    { "chooses in a choice", function()
      return v(mp.case { { u.active, mp.case { { u.age:gt(1), "a" }, otherwise = "b" } },
        otherwise = "c" })
    end,
      "select case when u.active then case when u.age > $1 then $2 else $3 end else $4 end "
        .. "as v from users as u", { 1, "a", "b", "c" } },
    { "chooses by a subquery", function()
      return v(mp.case { { mp.exists(mp.select({ p.id }):from(p):where(p.author_id:eq(u.id))),
        "author" }, otherwise = "reader" })
    end,
      "select case when exists (select p.id from posts as p where p.author_id = u.id) then "
        .. "$1 else $2 end as v from users as u", { "author", "reader" } },
    { "orders by a choice", function()
      return mp.select({ u.id }):from(u)
        :order_by(mp.case { of = u.role, { "admin", 0 }, otherwise = 1 }, u.id)
    end,
      "select u.id from users as u order by case u.role when $1 then $2::int4 else "
        .. "$3::int4 end, u.id", { "admin", 0, 1 } },
    { "sums a choice", function()
      return mp.select({ n = fn.sum(mp.case { { u.active, 1 }, otherwise = 0 }) }):from(u)
    end,
      "select sum(case when u.active then $1::int4 else $2::int4 end) as n from users as u",
      { 1, 0 } },

    { "writes a text in the statement", function() return v(mp.lit "it's") end,
      "select 'it''s' as v from users as u" },
    { "writes a backslash in the statement", function() return v(mp.lit "a\\b") end,
      "select E'a\\\\b' as v from users as u" },
    { "writes a number in the statement", function() return v(mp.lit(5)) end,
      "select 5 as v from users as u" },
    { "writes a negative number in the statement", function() return v(u.age - mp.lit(-5)) end,
      "select u.age - (-5) as v from users as u" },
    { "writes a boolean in the statement", function() return v(mp.lit(true)) end,
      "select true as v from users as u" },
    { "writes NULL in the statement", function() return v(mp.lit(mp.null):cast "int4") end,
      "select null::int4 as v from users as u" },
    { "binds a number that it selects", function() return v(1) end,
      "select $1::int4 as v from users as u", { 1 } },
    { "binds a text that it selects", function() return v "x" end,
      "select $1 as v from users as u", { "x" } },
    { "binds a fraction that it selects", function() return v(0.5) end,
      "select $1::float8 as v from users as u", { 0.5 } },
    { "binds a boolean that it selects", function() return v(false) end,
      "select $1::bool as v from users as u", { false } },
    { "writes an array", function() return v(mp.array { 1, 2, 3 }) end,
      "select array[$1::int4, $2::int4, $3::int4] as v from users as u", { 1, 2, 3 } },
    { "writes an array of columns", function() return v(mp.array { u.age, u.team_id }) end,
      "select array[u.age, u.team_id] as v from users as u" },
    { "writes an array of a type", function() return v(mp.array({ 1, 2 }, "int8")) end,
      "select array[$1, $2]::int8[] as v from users as u", { 1, 2 } },
    { "writes an empty array", function() return v(mp.array({}, "text")) end,
      "select array[]::text[] as v from users as u" },
    { "writes an array of arrays", function()
      return v(mp.array { mp.array { 1, 2 }, mp.array { 3, 4 } })
    end,
      "select array[array[$1::int4, $2::int4], array[$3::int4, $4::int4]] as v from users as u",
      { 1, 2, 3, 4 } },
    { "writes a row", function() return v(mp.row(u.id, u.name)) end,
      "select row(u.id, u.name) as v from users as u" },
    { "compares tuples", function()
      return w(mp.tuple(u.created_at, u.id):gt("2026-01-01", 7))
    end,
      "select u.id from users as u where (u.created_at, u.id) > ($1, $2)",
      { "2026-01-01", 7 } },
    { "compares tuples the other way", function()
      return w(mp.tuple(u.created_at, u.id):le("2026-01-01", 7))
    end,
      "select u.id from users as u where (u.created_at, u.id) <= ($1, $2)",
      { "2026-01-01", 7 } },
    { "compares tuples of expressions", function()
      return w(mp.tuple(u.age + 1, fn.lower(u.name)):lt(u.team_id, "x"))
    end,
      "select u.id from users as u where (u.age + $1, lower(u.name)) < (u.team_id, $2)",
      { 1, "x" } },
    { "compares a tuple with a tuple", function()
      return w(mp.tuple(u.age, u.id):ne(mp.tuple(u.team_id, u.manager_id)))
    end,
      "select u.id from users as u where (u.age, u.id) <> (u.team_id, u.manager_id)" },
    { "compares a tuple with a select's row", function()
      return w(mp.tuple(u.age, u.team_id):eq(mp.select({ fn.max(u.age), fn.max(u.team_id) })
        :from(u)))
    end,
      "select u.id from users as u where (u.age, u.team_id) = (select max(u.age), "
        .. "max(u.team_id) from users as u)" },
    { "tells tuples apart, NULL too", function()
      return w(mp.tuple(u.age, u.name):is_distinct_from(1, mp.null))
    end,
      "select u.id from users as u where (u.age, u.name) is distinct from ($1, $2)",
      { 1, mp.null } },
    { "finds a tuple among some, by one array a part", function()
      return w(mp.tuple(u.id, u.email):one_of { { 1, "a" }, { 2, "b" } })
    end,
      "select u.id from users as u where (u.id, u.email) in (select * from "
        .. "unnest($1::int8[], $2::citext[]))", { { 1, 2 }, { "a", "b" } } },
    { "finds a tuple of expressions among some", function()
      return w(mp.tuple(u.id, u.tags):one_of { { 1, { "a" } }, { 2, { "b" } } })
    end,
      "select u.id from users as u where (u.id, u.tags) in (($1, $2), ($3, $4))",
      { 1, { "a" }, 2, { "b" } } },
    { "finds a tuple among a select's rows", function()
      return w(mp.tuple(u.id, u.name):one_of(mp.select({ p.author_id, p.title }):from(p)))
    end,
      "select u.id from users as u where (u.id, u.name) in (select p.author_id, p.title "
        .. "from posts as p)" },
    { "compares an enum's tuple by the type's array", function()
      return w(mp.tuple(u.id, u.role):one_of { { 1, "admin" } })
    end,
      "select u.id from users as u where (u.id, u.role) in (select * from "
        .. "unnest($1::int8[], $2::user_role[]))", { { 1 }, { "admin" } } },
  }
end
