-- subqueries.lua - cases: selects in selects, correlated ones, exists, and in from.
return function(mp, t)
  local u, p, k, User = t.u, t.p, t.k, t.User
  local fn = mp.fn
  local own = mp.select({ p.id }):from(p):where(p.author_id:eq(u.id))
  local function w(...) return mp.select({ u.id }):from(u):where(...) end

  return {
    { "selects a subquery", function()
      return mp.select({ u.id, newest = mp.select({ fn.max(p.id) }):from(p) }):from(u)
    end,
      "select u.id, (select max(p.id) from posts as p) as newest from users as u" },
    { "selects a subquery about the row", function()
      return mp.select({ u.id, posts = mp.select({ fn.count() }):from(p)
        :where(p.author_id:eq(u.id)) }):from(u)
    end,
      "select u.id, (select count(*) from posts as p where p.author_id = u.id) as posts "
        .. "from users as u" },
    { "selects several subqueries about the row", function()
      local posts = mp.select({ fn.count() }):from(p):where(p.author_id:eq(u.id))
      local notes = mp.select({ fn.count() }):from(k):where(k.author_id:eq(u.id))
      return mp.select({ u.id, posts = posts, notes = notes }):from(u):where(u.age:gt(1))
    end,
      "select u.id, (select count(*) from comments as k where k.author_id = u.id) as "
        .. "notes, (select count(*) from posts as p where p.author_id = u.id) as posts from "
        .. "users as u where u.age > $1", { 1 } },
    { "compares with a subquery", function()
      return w(u.age:gt(mp.select({ fn.avg(u.age) }):from(User:as "u")))
    end,
      "select u.id from users as u where u.age > (select avg(u.age) from users as u)" },
    { "compares with a subquery about the row", function()
      local same = User:as "same"
      return w(u.age:eq(mp.select({ fn.max(same.age) }):from(same)
        :where(same.team_id:eq(u.team_id))))
    end,
      "select u.id from users as u where u.age = (select max(same.age) from users as same "
        .. "where same.team_id = u.team_id)" },
    { "asks whether a row exists", function() return w(mp.exists(own)) end,
      "select u.id from users as u where exists (select p.id from posts as p where "
        .. "p.author_id = u.id)" },
    { "asks whether no row exists", function() return w(mp.not_exists(own)) end,
      "select u.id from users as u where not exists (select p.id from posts as p where "
        .. "p.author_id = u.id)" },
    { "negates that a row exists", function() return w(~mp.exists(own)) end,
      "select u.id from users as u where not exists (select p.id from posts as p where "
        .. "p.author_id = u.id)" },
    { "asks for rows that exist under more conditions", function()
      return w(mp.exists(own:where { state = "live" }) & u.active)
    end,
      "select u.id from users as u where exists (select p.id from posts as p where "
        .. "p.author_id = u.id and p.state = $1) and u.active", { "live" } },
    { "asks whether rows exist in rows that exist", function()
      local notes = mp.select({ k.id }):from(k):where(k.post_id:eq(p.id))
      return w(mp.exists(own:where(mp.exists(notes))))
    end,
      "select u.id from users as u where exists (select p.id from posts as p where "
        .. "p.author_id = u.id and exists (select k.id from comments as k where k.post_id = "
        .. "p.id))" },
    { "selects whether a row exists", function()
      return mp.select({ mp.exists(own):as "writes" }):from(u)
    end,
      "select exists (select p.id from posts as p where p.author_id = u.id) as writes from "
        .. "users as u" },
    { "is in a subquery with an order and a limit", function()
      return w(u.id:one_of(mp.select({ p.author_id }):from(p):order_by "views desc":limit(3)))
    end,
      "select u.id from users as u where u.id in (select p.author_id from posts as p order "
        .. "by p.views desc limit $1)", { 3 } },
    { "is in a union", function()
      return w(u.id:one_of(mp.select({ p.author_id }):from(p)
        :union(mp.select({ k.author_id }):from(k))))
    end,
      "select u.id from users as u where u.id in (select p.author_id from posts as p union "
        .. "select k.author_id from comments as k)" },
    { "is in a subquery of a subquery", function()
      return w(u.id:one_of(mp.select({ p.author_id }):from(p)
        :where(p.id:one_of(mp.select({ k.post_id }):from(k)))))
    end,
      "select u.id from users as u where u.id in (select p.author_id from posts as p where "
        .. "p.id in (select k.post_id from comments as k))" },
    { "orders by a subquery", function()
      return mp.select({ u.id }):from(u):order_by(mp.scalar(mp.select({ fn.count() }):from(p)
        :where(p.author_id:eq(u.id))):desc())
    end,
      "select u.id from users as u order by (select count(*) from posts as p where "
        .. "p.author_id = u.id) desc" },
    { "groups a subquery", function()
      local x = mp.select({ p.author_id, n = fn.count() }):from(p):group_by(p.author_id):as "x"
      return mp.select({ x.n, authors = fn.count() }):from(x):group_by(x.n):order_by "n"
    end,
      "select x.n, count(*) as authors from (select p.author_id, count(*) as n from posts "
        .. "as p group by p.author_id) as x group by x.n order by x.n" },
    { "filters a subquery", function()
      local x = mp.select({ u.id, full = u.name .. " " .. u.email }):from(u):as "x"
      return mp.select({ x.id }):from(x):where(x.full:like "a%")
    end,
      'select x.id from (select u.id, u.name || ($1 || u.email) as "full" from users as u) '
        .. 'as x where x."full" like $2', { " ", "a%" } },
    { "selects from a subquery of a subquery", function()
      local x = mp.select({ u.id, u.age }):from(u):where(u.age:gt(1)):as "x"
      local y = mp.select({ x.id, twice = x.age * 2 }):from(x):as "y"
      return mp.select({ y.twice }):from(y):where(y.id:eq(3))
    end,
      "select y.twice from (select x.id, x.age * $1 as twice from (select u.id, u.age from "
        .. "users as u where u.age > $2) as x) as y where y.id = $3", { 2, 1, 3 } },
    { "selects every column of a subquery", function()
      return mp.select(mp.select({ u.id, n = u.age }):from(u):as "x")
    end,
      "select x.id, x.n from (select u.id, u.age as n from users as u) as x" },
    { "selects whatever a subquery of unknown columns gives", function()
      local x = mp.select():from("teams"):as "x"
      return mp.select({ x, x.name }):from(x)
    end,
      "select x.*, x.name from (select * from teams) as x" },
    { "counts a subquery's rows", function()
      return mp.select({ fn.count() }):from(mp.select({ u.id }):from(u):limit(10):as "x")
    end,
      "select count(*) from (select u.id from users as u limit $1) as x", { 10 } },
    { "sums what a subquery limits", function()
      local x = mp.select({ p.views }):from(p):order_by(p.id:desc()):limit(100):as "x"
      return mp.select({ fn.sum(x.views) }):from(x)
    end,
      "select sum(x.views) from (select p.views from posts as p order by p.id desc limit "
        .. "$1) as x", { 100 } },
    { "keeps the numbers of parameters through levels", function()
      local inner = mp.select({ p.author_id }):from(p):where(p.views:gt(1), p.state:eq "live")
      return w(u.age:gt(2), u.id:one_of(inner), u.name:ne "x"):limit(4)
    end,
      "select u.id from users as u where u.age > $1 and u.id in (select p.author_id from "
        .. "posts as p where p.views > $2 and p.state = $3) and u.name <> $4 limit $5",
      { 2, 1, "live", "x", 4 } },
    { "makes an array of a subquery", function()
      return mp.select({ u.id, posts = mp.sql("array(?)", own:order_by "id") }):from(u)
    end,
      "select u.id, array((select p.id from posts as p where p.author_id = u.id order by "
        .. "p.id)) as posts from users as u" },
    { "aggregates a subquery's JSON", function()
      local x = mp.select({ p.id, p.title }):from(p):where(p.author_id:eq(u.id)):limit(5):as "x"
      return mp.select({ u.id, posts = mp.select({ fn.jsonb_agg(mp.sql "x") }):from(x) }):from(u)
    end,
      "select u.id, (select jsonb_agg(x) from (select p.id, p.title from posts as p where "
        .. "p.author_id = u.id limit $1) as x) as posts from users as u", { 5 } },
    { "tests a tuple in a subquery", function()
      return w(mp.tuple(u.id, u.age):one_of(mp.select({ p.author_id, p.views }):from(p)))
    end,
      "select u.id from users as u where (u.id, u.age) in (select p.author_id, p.views "
        .. "from posts as p)" },
    { "takes a subquery for a value to insert", function()
      return mp.insert(t.Comment):values { post_id = mp.select({ fn.max(p.id) }):from(p),
        body = "x" }
    end,
      "insert into comments (body, post_id) values ($1, (select max(p.id) from posts as p))",
      { "x" } },
    { "takes a subquery for a value to set", function()
      return mp.update(User):set { age = mp.select({ fn.max(p.views) }):from(p)
        :where(p.author_id:eq(User.id)) }
    end,
      "update users set age = (select max(p.views) from posts as p where p.author_id = users.id)" },
    { "uses one query in two places", function()
      local ids = mp.select({ p.author_id }):from(p):where { state = "live" }
      return w(u.id:one_of(ids) | u.manager_id:one_of(ids))
    end,
      "select u.id from users as u where u.id in (select p.author_id from posts as p where "
        .. "p.state = $1) or u.manager_id in (select p.author_id from posts as p where p.state "
        .. "= $1)", { "live" } },
  }
end
