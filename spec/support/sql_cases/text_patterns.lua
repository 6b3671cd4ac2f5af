-- text_patterns.lua - cases: LIKE and its kin, parts of texts, regular expressions, full text.
return function(mp, t)
  local u, p = t.u, t.p
  local function w(...) return mp.select({ u.id }):from(u):where(...) end
  local function wp(...) return mp.select({ p.id }):from(p):where(...) end

  return {
    { "is like a pattern", function() return w(u.name:like "a%") end,
      "select u.id from users as u where u.name like $1", { "a%" } },
    { "is like a pattern in any case", function() return w(u.name:ilike "a%") end,
      "select u.id from users as u where u.name ilike $1", { "a%" } },
    { "is not like a pattern", function() return w(u.name:not_like "a_") end,
      "select u.id from users as u where u.name not like $1", { "a_" } },
    { "is not like a pattern in any case", function() return w(u.name:not_ilike "a_") end,
      "select u.id from users as u where u.name not ilike $1", { "a_" } },
    { "negates like by its sign", function() return w(~u.name:like "a%") end,
      "select u.id from users as u where not u.name like $1", { "a%" } },
    { "is like another column", function() return w(u.name:like(u.email)) end,
      "select u.id from users as u where u.name like u.email" },
    { "is like a concatenation", function() return w(u.email:like(u.name .. "@%")) end,
      "select u.id from users as u where u.email like u.name || $1", { "@%" } },
    { "is similar to a pattern", function() return w(u.name:similar_to "(a|b)%") end,
      "select u.id from users as u where u.name similar to $1", { "(a|b)%" } },
    { "starts with a text", function() return w(u.name:starts_with "ab") end,
      "select u.id from users as u where u.name like $1", { "ab%" } },
    { "ends with a text", function() return w(u.name:ends_with "ab") end,
      "select u.id from users as u where u.name like $1", { "%ab" } },
    { "contains a text", function() return w(u.name:contains "ab") end,
      "select u.id from users as u where u.name like $1", { "%ab%" } },
    { "contains a text in any case", function() return w(u.name:icontains "ab") end,
      "select u.id from users as u where u.name ilike $1", { "%ab%" } },
    { "starts with a text in any case", function() return w(u.name:istarts_with "ab") end,
      "select u.id from users as u where u.name ilike $1", { "ab%" } },
    { "ends with a text in any case", function() return w(u.name:iends_with "ab") end,
      "select u.id from users as u where u.name ilike $1", { "%ab" } },
    { "escapes a percent sign", function() return w(u.name:contains "50%") end,
      "select u.id from users as u where u.name like $1", { "%50\\%%" } },
    { "escapes an underscore", function() return w(u.name:starts_with "a_b") end,
      "select u.id from users as u where u.name like $1", { "a\\_b%" } },
    { "escapes a backslash", function() return w(u.name:ends_with "a\\b") end,
      "select u.id from users as u where u.name like $1", { "%a\\\\b" } },
    { "escapes in any case too", function() return w(u.name:icontains "%_\\") end,
      "select u.id from users as u where u.name ilike $1", { "%\\%\\_\\\\%" } },
    { "starts with a column", function() return w(u.email:starts_with(u.name)) end,
      "select u.id from users as u where starts_with(u.email, u.name)" },
    { "ends with a column", function() return w(u.email:ends_with(u.name)) end,
      'select u.id from users as u where "right"(u.email, length(u.name)) = u.name' },
    { "contains a column", function() return w(u.email:contains(u.name)) end,
      "select u.id from users as u where strpos(u.email, u.name) > $1::int4", { 0 } },
    { "contains a column in any case", function() return w(u.email:icontains(u.name)) end,
      "select u.id from users as u where strpos(lower(u.email), lower(u.name)) > $1::int4",
      { 0 } },
    { "starts with a column in any case", function()
      return w(u.email:istarts_with(u.name))
    end,
      "select u.id from users as u where starts_with(lower(u.email), lower(u.name))" },
    { "ends with a column in any case", function()
      return w(u.email:iends_with(mp.fn.lower(u.name)))
    end,
      'select u.id from users as u where "right"(lower(u.email), '
        .. "length(lower(lower(u.name)))) = lower(lower(u.name))" },
    { "matches a regular expression", function() return w(u.name:regex "^a[0-9]+$") end,
      "select u.id from users as u where u.name ~ $1", { "^a[0-9]+$" } },
    { "matches a regular expression in any case", function() return w(u.name:iregex "^a") end,
      "select u.id from users as u where u.name ~* $1", { "^a" } },
    { "does not match a regular expression", function() return w(u.name:not_regex "^a") end,
      "select u.id from users as u where u.name !~ $1", { "^a" } },
    { "does not match a regular expression in any case", function()
      return w(u.name:not_iregex "^a")
    end,
      "select u.id from users as u where u.name !~* $1", { "^a" } },
    { "collates a comparison", function() return w(u.name:collate("C"):gt "a") end,
      'select u.id from users as u where u.name collate "C" > $1', { "a" } },
    { "collates an order", function()
      return mp.select({ u.id }):from(u):order_by(u.name:collate("C"):desc())
    end,
      'select u.id from users as u order by u.name collate "C" desc' },
    { "collates a pattern's text", function()
      return w((u.name:collate "und-x-icu"):like "a%")
    end,
      'select u.id from users as u where u.name collate "und-x-icu" like $1', { "a%" } },
    { "takes the length of a text", function() return w(u.name:length():gt(3)) end,
      "select u.id from users as u where length(u.name) > $1", { 3 } },
    { "searches a tsvector", function() return wp(p.search:matches "red fox") end,
      "select p.id from posts as p where p.search @@ websearch_to_tsquery($1)",
      { "red fox" } },
    { "searches a tsvector by a configuration", function()
      return wp(p.search:matches("red -fox", { config = "english" }))
    end,
      "select p.id from posts as p where p.search @@ websearch_to_tsquery('english', $1)",
      { "red -fox" } },
    { "searches a text", function() return wp(p.body:matches "red fox") end,
      "select p.id from posts as p where to_tsvector(p.body) @@ websearch_to_tsquery($1)",
      { "red fox" } },
    { "searches a text by a configuration", function()
      return wp(p.body:matches("red fox", { config = "simple" }))
    end,
      "select p.id from posts as p where to_tsvector('simple', p.body) @@ "
        .. "websearch_to_tsquery('simple', $1)", { "red fox" } },
    { "searches plain words", function()
      return wp(p.search:matches("red fox", { parser = "plain" }))
    end,
      "select p.id from posts as p where p.search @@ plainto_tsquery($1)", { "red fox" } },
    { "searches a phrase", function()
      return wp(p.search:matches("red fox", { parser = "phrase", config = "english" }))
    end,
      "select p.id from posts as p where p.search @@ phraseto_tsquery('english', $1)",
      { "red fox" } },
    { "searches by the language of queries", function()
      return wp(p.search:matches("red & !fox", { parser = "raw" }))
    end,
      "select p.id from posts as p where p.search @@ to_tsquery($1)", { "red & !fox" } },
    { "searches by a query of its own", function()
      return wp(p.search:matches(mp.fn.to_tsquery("english", "red | fox")))
    end,
      "select p.id from posts as p where p.search @@ to_tsquery($1, $2)",
      { "english", "red | fox" } },
    { "searches what it makes a vector of", function()
      return wp(mp.fn.to_tsvector("english", p.title .. " " .. p.body):matches "fox")
    end,
      "select p.id from posts as p where to_tsvector($1, p.title || ($2 || p.body)) @@ "
        .. "websearch_to_tsquery($3)", { "english", " ", "fox" } },
    { "ranks what it finds", function()
      local query = mp.fn.websearch_to_tsquery("english", "red fox")
      return mp.select({ p.id, rank = mp.fn.ts_rank(p.search, query) }):from(p)
        :where(p.search:matches(query)):order_by("rank desc"):limit(10)
    end,
      "select p.id, ts_rank(p.search, websearch_to_tsquery($1, $2)) as rank from posts as "
        .. "p where p.search @@ websearch_to_tsquery($1, $2) order by rank desc limit $3",
      { "english", "red fox", 10 } },
    { "shows where it found it", function()
      return mp.select({ mp.fn.ts_headline("english", p.body,
        mp.fn.plainto_tsquery("english", "fox")):as "shown" }):from(p)
    end,
      "select ts_headline($1, p.body, plainto_tsquery($2, $3)) as shown from posts as p",
      { "english", "english", "fox" } },
  }
end
