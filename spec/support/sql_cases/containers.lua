-- containers.lua - cases: arrays, ranges, hstore, ltree, networks, composites.
return function(mp, t)
  local u, b, h = t.u, t.b, t.h
  local function w(...) return mp.select({ u.id }):from(u):where(...) end
  local function wb(...) return mp.select({ b.id }):from(b):where(...) end
  local function wh(...) return mp.select({ h.id }):from(h):where(...) end

  return {
    { "holds all of a list", function() return w(u.tags:contains { "a", "b" }) end,
      "select u.id from users as u where u.tags @> $1", { { "a", "b" } } },
    { "holds what another column holds", function() return w(u.tags:contains(u.tags)) end,
      "select u.id from users as u where u.tags @> u.tags" },
    { "holds an array of expressions", function()
      return w(u.tags:contains(mp.array({ u.name, "x" }, "text")))
    end,
      "select u.id from users as u where u.tags @> array[u.name, $1]::text[]", { "x" } },
    { "is in a list with all it holds", function() return w(u.tags:contained_by { "a" }) end,
      "select u.id from users as u where u.tags <@ $1", { { "a" } } },
    { "shares an element with a list", function() return w(u.marks:overlaps { 1, 2 }) end,
      "select u.id from users as u where u.marks && $1", { { 1, 2 } } },
    { "has an element", function() return w(u.tags:any "beta") end,
      "select u.id from users as u where $1 = any(u.tags)", { "beta" } },
    { "has another column for an element", function() return w(u.marks:any(u.age)) end,
      "select u.id from users as u where u.age = any(u.marks)" },
    { "counts its elements", function() return w(u.tags:length():ge(2)) end,
      "select u.id from users as u where cardinality(u.tags) >= $1", { 2 } },
    { "equals a list", function() return w(u.marks:eq { 1, 2 }) end,
      "select u.id from users as u where u.marks = $1", { { 1, 2 } } },
    { "reads an element", function() return w(u.tags:at(1):eq "a") end,
      "select u.id from users as u where u.tags[$1] = $2", { 1, "a" } },
    { "reads an element at a column's place", function()
      return w(u.tags:at(u.age):is_not_null())
    end,
      "select u.id from users as u where u.tags[u.age] is not null" },
    { "reads a slice", function()
      return mp.select({ u.tags:slice(1, 2):as "first" }):from(u)
    end,
      "select u.tags[$1:$2] as first from users as u", { 1, 2 } },
    { "knows an element's type", function() return w(u.tags:at(1):like "a%") end,
      "select u.id from users as u where u.tags[$1] like $2", { 1, "a%" } },
    { "appends and looks inside", function()
      return w((u.marks .. { 4 }):overlaps { 5 })
    end,
      "select u.id from users as u where (u.marks || $1) && $2", { { 4 }, { 5 } } },
    { "takes an array of a select", function()
      return w(u.tags:contains(mp.sql("array(?)", mp.select({ t.p.title }):from(t.p))))
    end,
      "select u.id from users as u where u.tags @> (array((select p.title from posts as p)))" },
    { "makes an array of a select's column, and looks inside", function()
      local titles = mp.array(mp.select({ t.p.title }):from(t.p):where(t.p.author_id:eq(u.id)))
      return mp.select({ u.id, titles = titles }):from(u)
        :where(titles:any "x", titles:at(1):like "a%")
    end,
      "select u.id, array(select p.title from posts as p where p.author_id = u.id) as titles from "
        .. "users as u where $1 = any(array(select p.title from posts as p where p.author_id = "
        .. "u.id)) and (array(select p.title from posts as p where p.author_id = u.id))[$2] like "
        .. "$3",
      { "x", 1, "a%" } },
    { "gathers an array", function()
      return mp.select({ u.role, all = mp.fn.array_agg(u.id):order_by(u.id:desc()) }):from(u)
        :group_by("role")
    end,
      'select u.role, array_agg(u.id order by u.id desc) as "all" from users as u group by '
        .. "u.role" },
    { "removes an element", function()
      return mp.select({ left = mp.fn.array_remove(u.tags, "a") }):from(u)
    end,
      'select array_remove(u.tags, $1) as "left" from users as u', { "a" } },
    { "unfolds an array beside its row", function()
      local x = mp.fn.unnest(u.tags):as("x", { "tag" })
      return mp.select({ u.id, x.tag }):from(u):lateral(x)
    end,
      "select u.id, x.tag from users as u cross join lateral unnest(u.tags) as x (tag)" },
    { "unfolds an array with places", function()
      local x = mp.fn.unnest(u.tags):with_ordinality():as("x", { "tag", "place" })
      return mp.select({ u.id, x.tag, x.place }):from(u):lateral(x):where(x.place:le(3))
    end,
      "select u.id, x.tag, x.place from users as u cross join lateral unnest(u.tags) with "
        .. "ordinality as x (tag, place) where x.place <= $1", { 3 } },

    { "holds a moment", function() return wb(b.during:contains(b.at)) end,
      "select b.id from bookings as b where b.during @> b.at" },
    { "holds a moment given as text", function()
      return wb(b.during:contains "2026-01-01 10:00")
    end,
      "select b.id from bookings as b where b.during @> $1::timestamp",
      { "2026-01-01 10:00" } },
    { "holds a range given as text", function()
      return wb(b.during:contains "[2026-01-01,2026-01-02)")
    end,
      "select b.id from bookings as b where b.during @> $1", { "[2026-01-01,2026-01-02)" } },
    { "holds a number", function() return wb(b.seats:contains(3)) end,
      "select b.id from bookings as b where b.seats @> $1::int4", { 3 } },
    { "holds a number of a declared range", function() return wb(b.hours:contains(1.5)) end,
      "select b.id from bookings as b where b.hours @> $1::float8", { 1.5 } },
    { "holds a range of numbers", function() return wb(b.seats:contains "[1,5)") end,
      "select b.id from bookings as b where b.seats @> $1", { "[1,5)" } },
    { "holds the empty range", function() return wb(b.seats:contains "empty") end,
      "select b.id from bookings as b where b.seats @> $1", { "empty" } },
    { "holds another range", function() return wb(b.seats:contains(b.seats)) end,
      "select b.id from bookings as b where b.seats @> b.seats" },
    { "holds a day", function() return wb(b.days:contains "2026-01-01") end,
      "select b.id from bookings as b where b.days @> $1::date", { "2026-01-01" } },
    { "holds a day that a column names", function() return wb(b.days:contains(b.day)) end,
      "select b.id from bookings as b where b.days @> b.day" },
    { "lies in a range", function() return wb(b.seats:contained_by "[1,100)") end,
      "select b.id from bookings as b where b.seats <@ $1", { "[1,100)" } },
    { "has a number in a range's column", function()
      return wb(b.room:contained_by(b.seats))
    end,
      "select b.id from bookings as b where b.room <@ b.seats" },
    { "lies in a range given as text", function()
      return wb(b.room:contained_by "[1,9)")
    end,
      "select b.id from bookings as b where b.room <@ $1::int4range", { "[1,9)" } },
    { "has its day in a range given as text", function()
      return wb(b.day:contained_by "[2026-01-01,)")
    end,
      "select b.id from bookings as b where b.day <@ $1::daterange", { "[2026-01-01,)" } },
    { "shares something with a range", function() return wb(b.days:overlaps "[2026-01-01,)") end,
      "select b.id from bookings as b where b.days && $1", { "[2026-01-01,)" } },
    { "shares something with a range's column", function()
      return wb(b.days:overlaps(mp.fn.daterange(b.day, b.day + 7)))
    end,
      "select b.id from bookings as b where b.days && daterange(b.day, b.day + $1::int4)",
      { 7 } },
    { "is adjacent to a range", function() return wb(b.seats:adjacent "[5,9)") end,
      "select b.id from bookings as b where b.seats -|- $1", { "[5,9)" } },
    { "is to the left of a range", function() return wb(b.seats:left_of "[5,9)") end,
      "select b.id from bookings as b where b.seats << $1", { "[5,9)" } },
    { "is to the right of a range", function() return wb(b.seats:right_of "[5,9)") end,
      "select b.id from bookings as b where b.seats >> $1", { "[5,9)" } },
    { "does not reach beyond a range to the right", function()
      return wb(b.seats:not_right_of "[5,9)")
    end,
      "select b.id from bookings as b where b.seats &< $1", { "[5,9)" } },
    { "does not reach beyond a range to the left", function()
      return wb(b.seats:not_left_of "[5,9)")
    end,
      "select b.id from bookings as b where b.seats &> $1", { "[5,9)" } },
    { "unites ranges", function()
      return mp.select({ v = b.seats + mp.fn.int4range(1, 5) }):from(b)
    end,
      "select b.seats + int4range($1::int4, $2::int4) as v from bookings as b", { 1, 5 } },
    { "intersects ranges", function()
      return mp.select({ v = b.seats * mp.fn.int4range(1, 5, "[]") }):from(b)
    end,
      "select b.seats * int4range($1::int4, $2::int4, $3) as v from bookings as b",
      { 1, 5, "[]" } },
    { "subtracts ranges", function()
      return mp.select({ v = b.seats - mp.fn.int4range(1, 5) }):from(b)
    end,
      "select b.seats - int4range($1::int4, $2::int4) as v from bookings as b", { 1, 5 } },
    { "reads a range's ends", function()
      return mp.select({ from = mp.fn.lower(b.days), to = mp.fn.upper(b.days) }):from(b)
    end,
      'select lower(b.days) as "from", upper(b.days) as "to" from bookings as b' },
    { "asks whether a range is empty", function() return wb(mp.fn.isempty(b.days)) end,
      "select b.id from bookings as b where isempty(b.days)" },
    { "merges ranges of a group", function()
      return mp.select({ b.room, mp.fn.range_agg(b.during):as "busy" }):from(b):group_by(b.room)
    end,
      "select b.room, range_agg(b.during) as busy from bookings as b group by b.room" },

    { "holds pairs of hstore", function() return wh(h.attrs:contains { a = "1" }) end,
      "select h.id from things as h where h.attrs @> $1", { { a = "1" } } },
    { "has a key of hstore", function() return wh(h.attrs:has_key "a") end,
      "select h.id from things as h where h.attrs ? $1", { "a" } },
    { "has all keys of hstore", function() return wh(h.attrs:has_all { "a", "b" }) end,
      "select h.id from things as h where h.attrs ?& $1::text[]", { { "a", "b" } } },
    { "reads a value of hstore", function() return wh(h.attrs:at("a"):eq "1") end,
      "select h.id from things as h where h.attrs -> $1 = $2", { "a", "1" } },
    { "leaves a key of hstore out", function()
      return mp.select({ v = h.attrs:without { "a", "b" } }):from(h)
    end,
      "select h.attrs - $1::text[] as v from things as h", { { "a", "b" } } },
    { "holds an address in a network", function() return wh(h.address:contains "10.0.0.1") end,
      "select h.id from things as h where h.address >>= $1", { "10.0.0.1" } },
    { "lies in a network", function() return wh(h.address:contained_by "10.0.0.0/8") end,
      "select h.id from things as h where h.address <<= $1", { "10.0.0.0/8" } },
    { "shares addresses with a network", function()
      return wh(h.address:overlaps "10.0.0.0/8")
    end,
      "select h.id from things as h where h.address && $1", { "10.0.0.0/8" } },
    { "is an ancestor in a tree of labels", function() return wh(h.path:contains "a.b.c") end,
      "select h.id from things as h where h.path @> $1", { "a.b.c" } },
    { "is a descendant in a tree of labels", function()
      return wh(h.path:contained_by "a.b")
    end,
      "select h.id from things as h where h.path <@ $1", { "a.b" } },
    { "reads a composite's field", function() return wh(h.place:field("street"):eq "Elm") end,
      "select h.id from things as h where (h.place).street = $1", { "Elm" } },
    { "reads a composite's field of a row", function()
      return mp.select({ v = mp.row("Elm", 3):cast("place"):field "number" })
    end,
      "select (row($1, $2)::place).number as v", { "Elm", 3 } },
    { "compares a uuid", function()
      return wh(h.token:eq "00000000-0000-4000-8000-000000000001")
    end,
      "select h.id from things as h where h.token = $1",
      { "00000000-0000-4000-8000-000000000001" } },
    { "compares bytes", function() return wh(h.data:eq "\1\2") end,
      "select h.id from things as h where h.data = $1", { "\1\2" } },
    { "compares an interval", function() return wh(h.lasts:gt "1 day") end,
      "select h.id from things as h where h.lasts > $1", { "1 day" } },
    { "masks bits", function() return wh(h.flags:bit_and("101"):eq "100") end,
      "select h.id from things as h where h.flags & $1 = $2", { "101", "100" } },
  }
end
