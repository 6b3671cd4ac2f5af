-- moonpool.orm: what is said to wrong declarations, selects and loads; each with a cure.
local c = require "moonpool.column"
local computed = require "moonpool.orm.computed"
local declare = require "moonpool.orm.relation.declare"
local embedded = require "moonpool.orm.embedded"
local errors = require "moonpool.errors"
local model = require "moonpool.orm.model"
local reading_session = require "spec.support.reading_session"
local relation = require "moonpool.orm.relation"
local soft_delete = require "moonpool.orm.mixin.soft_delete"
local timestamps = require "moonpool.orm.mixin.timestamps"

local function id()
  return c.int8("id", { primary_key = true, identity = true })
end

local Author = model.new { "ref_authors", id(), c.text "name",
  declare.has_many("posts", { table = "ref_posts" }) }
local Post = model.new { "ref_posts", id(), c.text "title",
  declare.belongs_to("author", { table = "ref_authors" }),
  declare.has_many("comments", { table = "ref_comments" }) }
local Comment = model.new { "ref_comments", id(), c.text "text",
  declare.belongs_to("post", { table = "ref_posts" }) }

local s = reading_session.new():on("from ref_posts", { { 1, "a", 7 } })
local post = s:select(Post):all()[1]

local function declared(...)
  return model.new { "ref_bad", id(), ... }
end

local function resolved(...)
  local bad = declared(...)
  return relation.list(bad)
end

local function with(given)
  return s:select(Post):with(given)
end

local CASES = {
  { "a model without a name", "a model begins with its table's name",
    function() model.new { id() } end },
  { "a model of a string", "a model begins with its table's name",
    function() model.new "users" end },
  { "a string in the list", 'model "ref_bad": item 3 of its list is a string',
    function() declared "name" end },
  { "a mixin that was not called", 'model "ref_bad": item 3 of its list is a function',
    function() declared(timestamps) end },
  { "a hole in the list", 'model "ref_bad": item 3 of its list is nil',
    function() declared(nil, c.text "lost") end },
  { "something else in the list", "is no column, constraint or index",
    function() declared { name = "x" } end },
  { "a misspelt option", 'model "ref_bad": unknown option "scheme" (did you mean "schema"?)',
    function() model.new { "ref_bad", id(), scheme = "app" } end },
  { "a misspelt option of a mixin", 'mp.soft_delete: unknown option "colum" (did you mean',
    function() soft_delete { colum = "x" } end },
  { "a column and a relation of one name", '"author" of "ref_bad" stands twice', function()
    declared(c.text "author", declare.belongs_to("author", { table = "ref_authors" }))
  end },
  { "two relations of one name", '"p" of "ref_bad" stands twice', function()
    declared(declare.has_many("p", { table = "ref_posts" }),
      declare.has_one("p", { table = "ref_posts" }))
  end },
  { "belongs_to without a table", 'mp.belongs_to("author"): option "table" is missing',
    function() declared(declare.belongs_to "author") end },
  { "belongs_to a model", 'mp.belongs_to("author"): option "table" must be a string',
    function() declare.belongs_to("author", { table = Author }) end },
  { "has_many without a table", 'mp.has_many("posts"): option "table" is missing',
    function() declared(declare.has_many("posts", {})) end },
  { "many_to_many without a table between",
    'mp.many_to_many("tags"): option "through" is missing',
    function() declare.many_to_many("tags", { table = "ref_tags" }) end },
  { "more columns than keys", 'mp.belongs_to("author"): 2 columns cannot refer to 1', function()
    declared(declare.belongs_to("author", { table = "ref_authors", column = { "a", "b" } }))
  end },
  { "a column option that is a number", 'option "column" must be a column\'s name or a list',
    function() declare.has_many("posts", { table = "ref_posts", column = 5 }) end },
  { "through what is no relation",
    'relation "c" of "ref_bad": its through "poss" is no relation of "ref_bad"',
    function() resolved(declare.has_many("c", { through = "poss" })) end },
  { "a source that is no relation",
    'relation "likes" of "ref_bad": its source "likes" is no relation of "ref_comments"',
    function()
      resolved(declare.has_many("notes", { table = "ref_comments", column = "post_id" }),
        declare.has_many("likes", { through = "notes" }))
    end },
  { "an extra column that is none",
    'relation "authors" of "ref_bad": table "ref_comments" has no column "rank"', function()
      resolved(declare.many_to_many("authors", { table = "ref_authors", through = "ref_comments",
        from = "post_id", to = "post_id", extra = { "rank" } }))
    end },
  { "an unknown event", 'model "ref_posts": there is no event "before_save"',
    function() Post:on("before_save", print) end },
  { "a computed value of a number", 'mp.computed("x"): sql cannot be a number',
    function() computed.new("x", { sql = 5 }) end },
  { "an embedded value of strings", "mp.embedded: item 1 is no column",
    function() embedded.new { "street" } end },
  { "with nothing", 'select of "ref_posts": with does not say what', function() with(nil) end },
  { "with a number", "with takes a table, not a number", function() with(5) end },
  { "with a number in a list", "with: a relation is named by a string",
    function() with { 5 } end },
  { "options that are a number", 'with "comments": options are a table, not a number',
    function() with { comments = 5 } end },
  { "a where that is a number", 'with "comments" of "ref_posts": where is a number',
    function() with { comments = { where = 5 } } end },
  { "a where of an unknown column",
    'table "ref_comments" has no column "texd" (did you mean "text"?)',
    function() with({ comments = { where = { texd = 5 } } }):all() end },
  { "an order by an unknown column",
    'table "ref_comments" has no column "texd" (did you mean "text"?)',
    function() with({ comments = { order_by = "texd desc" } }):all() end },
  { "an order that is a number", '"5" is no order',
    function() with({ comments = { order_by = 5 } }):all() end },
  { "a limit of 0", 'with "comments" of "ref_posts": option "limit" must be an integer of at least',
    function() with { comments = { limit = 0 } } end },
  { "an unknown strategy", 'option "strategy" must be one of "select", "joined", "lateral"',
    function() with { comments = { strategy = "join" } } end },
  { "a limit by array", "a limit for each parent needs a lateral join",
    function() with { comments = { strategy = "select", limit = 1 } } end },
  { "a column that is no relation", '"ref_posts" has no relation "title"',
    function() with { "title" } end },
  { "a nested relation that is none",
    '"ref_comments" has no relation "pots" (did you mean "post"?)',
    function() with { comments = { "pots" } } end },
  { "a load of nothing", "load does not say what", function() s:load(post) end },
  { "a load of what is none", '"ref_posts" has no relation "comment" (did you mean "comments"?)',
    function() s:load(post, "comment") end },
  { "a load with a dot", "load is a method of instances", function() post.load "comments" end },
  { "a load for a number", "load takes an instance, not a number", function() s:load(5, "x") end },
  { "a condition on an unknown column", 'has no column "titel" (did you mean "title"?)',
    function() s:select(Post):where { titel = 1 } end },
  { "a relation compared with a number", "it is compared with an instance, not with a number",
    function() s:select(Post):where { author = 1 } end },
  { "a relation compared with another model's", 'not with one of "ref_posts"',
    function() s:select(Post):where { author = post } end },
  { "a list compared", 'only a belongs_to can be compared',
    function() s:select(Post):where { comments = post } end },
  { "an instance without a key", "the instance has no key yet",
    function() s:select(Post):where { author = Author { name = "x" } } end },
  { "a select of nothing", "a session selects a model, not a nil", function() s:select() end },
  { "a select of an instance", "a session selects a model, not an instance",
    function() s:select(post) end },
  { "unscoped of what is none", 'unscoped leaves "tenant", not "nil"',
    function() s:select(Post):unscoped() end },
  { "a list for one", '"author" of "ref_posts" takes an instance, not a table',
    function() Post { author = { Author { name = "x" } } } end },
  { "one for a list", '"comments" of "ref_posts" takes a list of instances, not a table',
    function() Post { comments = Comment { text = "x" } } end },
}

describe("moonpool.orm", function()
  for _, case in ipairs(CASES) do
    it("refuses " .. case[1], function()
      local _, err = errors.try(case[3])

      assert.is_true(errors.is_error(err, "bad_argument"), tostring(err))
      assert.is_truthy(err.message:find(case[2], 1, true), err.message)
      assert.is_truthy(err.hint and #err.hint > 0)
      assert.not_equal("compare the call with the function's documentation", err.hint)
    end)
  end
end)
