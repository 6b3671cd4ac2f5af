-- moonpool.orm.relation: what each kind of relation resolves to, and what it refuses by name.
local c = require "moonpool.column"
local constraint = require "moonpool.schema.constraint"
local declare = require "moonpool.orm.relation.declare"
local errors = require "moonpool.errors"
local model = require "moonpool.orm.model"
local relation = require "moonpool.orm.relation"

local function id()
  return c.int8("id", { primary_key = true, identity = true })
end

local Author = model.new { "rel_authors", id(), c.text "name",
  declare.has_many("books", { table = "rel_books", cascade = { "save", "delete" } }),
  declare.has_many("drafts", { table = "rel_books", where = { state = "draft" } }),
  declare.has_one("profile", { table = "rel_profiles" }),
  declare.has_many("reviews", { through = "books" }),
  declare.has_many("notes", { table = "rel_notes", polymorphic = "subject" }),
  declare.many_to_many("circles", { table = "rel_circles", through = "rel_memberships" }) }
local Book = model.new { "rel_books", id(), c.text "state",
  declare.belongs_to("author", { table = "rel_authors" }),
  declare.has_many("reviews", { table = "rel_reviews" }) }
local Review = model.new { "rel_reviews", id(), declare.belongs_to("book",
  { table = "rel_books" }) }
local Profile = model.new { "rel_profiles", id(),
  declare.belongs_to("owner", { table = "rel_authors", unique = true, null = true }) }
local Note = model.new { "rel_notes", id(), declare.belongs_to("subject",
  { polymorphic = { "rel_authors", "rel_books" }, index = true }) }
local Circle = model.new { "rel_circles", id(), declare.many_to_many("authors",
  { table = "rel_authors", through = "rel_memberships" }) }
local Membership = model.new { "rel_memberships",
  declare.belongs_to("rel_author", { table = "rel_authors" }),
  declare.belongs_to("rel_circle", { table = "rel_circles" }), c.text("role", { default = "x" }),
  constraint.primary_key { "rel_author_id", "rel_circle_id" } }
local Node = model.new { "rel_nodes", id(),
  declare.belongs_to("parent", { table = "rel_nodes", null = true }),
  declare.has_many("children", { table = "rel_nodes" }) }

local function refusal(fn, ...)
  local _, err = errors.try(fn, ...)
  assert.is_true(errors.is_error(err, "bad_argument"), tostring(err))
  return err.message, err.hint
end

describe("moonpool.orm.relation", function()
  it("resolves belongs_to from its own column to the target's key", function()
    local author = relation.of(Book, "author")

    assert.equal(Author, author.target)
    assert.same({ { "author_id" }, { "id" } }, { author.local_columns, author.target_columns })
    assert.is_false(author.is_list)
    assert.is_true(author.cascade.save)
  end)

  it("finds the column of has_many and has_one in the target's foreign keys", function()
    local books, profile = relation.of(Author, "books"), relation.of(Author, "profile")

    assert.same({ { "id" }, { "author_id" } }, { books.local_columns, books.target_columns })
    assert.same({ { "id" }, { "owner_id" } }, { profile.local_columns, profile.target_columns })
    assert.same({ true, false }, { books.is_list, profile.is_list })
  end)

  it("reads its cascades", function()
    assert.same({ save = true, delete = true, orphan = false },
      relation.of(Author, "books").cascade)
    assert.same({ save = true, delete = false, orphan = false },
      relation.of(Author, "profile").cascade)
  end)

  it("resolves many_to_many by the table between", function()
    local circles = relation.of(Author, "circles")

    assert.equal(Circle, circles.target)
    assert.equal(Membership, circles.through.model)
    assert.same({ { "rel_author_id" }, { "rel_circle_id" }, { "id" }, { "role" } },
      { circles.through.from, circles.through.to, circles.through.target_columns,
        circles.through.columns })
  end)

  it("takes the columns of a table between without a model from the convention", function()
    local Tag = model.new { "rel_tags", c.uuid("id", { primary_key = true }),
      declare.many_to_many("books", { table = "rel_books", through = "rel_taggings" }) }

    local books = relation.of(Tag, "books")

    assert.is_nil(books.through.model)
    assert.same({ { "rel_tag_id" }, { "rel_book_id" } }, { books.through.from, books.through.to })
    assert.same({ "uuid", "int8" }, { books.through.source.type_of "rel_tag_id",
      (books.through.source.type_of "rel_book_id") })
  end)

  it("goes through another relation", function()
    local reviews = relation.of(Author, "reviews")

    assert.equal(Review, reviews.target)
    assert.same({ relation.of(Author, "books"), relation.of(Book, "reviews") }, reviews.via)
    assert.is_true(reviews.is_list)
  end)

  it("resolves a polymorphic relation from both ends", function()
    local subject, notes = relation.of(Note, "subject"), relation.of(Author, "notes")

    assert.is_nil(subject.target)
    assert.same({ rel_authors = Author, rel_books = Book }, subject.targets)
    assert.equal("subject_type", subject.type_column)
    assert.same({ "subject_type", "rel_authors" }, { notes.type_column, notes.type_value })
    assert.same({ { "id" }, { "subject_id" } }, { notes.local_columns, notes.target_columns })
    assert.same({ "text", "int8" },
      { (Note.source.type_of "subject_type"), (Note.source.type_of "subject_id") })
  end)

  it("knows the other end", function()
    assert.equal(relation.of(Author, "books"), relation.of(Book, "author").inverse)
    assert.equal(relation.of(Book, "author"), relation.of(Author, "books").inverse)
    assert.equal(relation.of(Author, "profile"), relation.of(Profile, "owner").inverse)
    assert.equal(relation.of(Circle, "authors"), relation.of(Author, "circles").inverse)
    assert.equal(relation.of(Node, "children"), relation.of(Node, "parent").inverse)
    assert.equal(relation.of(Note, "subject"), relation.of(Author, "notes").inverse)
    assert.is_false(relation.of(Author, "reviews").inverse)
    assert.is_false(relation.of(Author, "drafts").inverse)
  end)

  it("looks for tables in its owner's schema", function()
    local Team = model.new { "rel_teams", schema = "app", id() }
    local User = model.new { "rel_users", schema = "app", id(),
      declare.belongs_to("team", { table = "rel_teams" }),
      declare.belongs_to("author", { table = "public.rel_authors" }) }

    assert.equal(Team, relation.of(User, "team").target)
    assert.equal(Author, relation.of(User, "author").target)
    assert.equal("app", User.table.foreign_keys[1].schema)
  end)

  it("leads by several columns", function()
    local Order = model.new { "rel_orders", c.int8 "shop", c.int8 "number",
      constraint.primary_key { "shop", "number" },
      declare.has_many("lines", { table = "rel_lines" }) }
    local Line = model.new { "rel_lines", id(), c.int8 "shop",
      declare.belongs_to("order", { table = "rel_orders", column = { "shop", "order_number" },
        key = { "shop", "number" } }) }

    local lines = relation.of(Order, "lines")

    assert.same({ { "shop", "number" }, { "shop", "order_number" } },
      { lines.local_columns, lines.target_columns })
    assert.same({ "id", "shop", "order_number" }, Line.table:column_names())
    assert.same({ "shop", "order_number" }, Line.table.foreign_keys[1].columns)
    assert.equal("int8", Line.source.type_of "order_number")
  end)

  it("lists every relation in the order of declaration", function()
    local names = {}
    for at, record in ipairs(relation.list(Author)) do names[at] = record.name end

    assert.same({ "books", "drafts", "profile", "reviews", "notes", "circles" }, names)
  end)

  it("suggests a relation's name", function()
    local message, hint = refusal(relation.of, Book, "auther")

    assert.equal('"rel_books" has no relation "auther" (did you mean "author"?)', message)
    assert.equal("its relations are: author, reviews", hint)
  end)

  it("refuses a table that no model describes", function()
    local Lost = model.new { "rel_lost", id(), declare.has_many("books", { table = "rel_boks" }) }

    assert.equal('relation "books" of "rel_lost": no model is declared for the table "rel_boks"'
      .. ' (did you mean "rel_books"?)', (refusal(relation.of, Lost, "books")))
  end)

  it("refuses a column that is none", function()
    local Lost = model.new { "rel_lost", id(),
      declare.has_many("books", { table = "rel_books", column = "autor_id" }) }

    assert.equal('relation "books" of "rel_lost": table "rel_books" has no column "autor_id"'
      .. ' (did you mean "author_id"?)', (refusal(relation.of, Lost, "books")))
  end)

  it("refuses to choose between two foreign keys", function()
    local Person = model.new { "rel_people", id(), declare.has_many("letters",
      { table = "rel_letters" }) }
    local Letter = model.new { "rel_letters", id(),
      declare.belongs_to("sender", { table = "rel_people" }),
      declare.belongs_to("receiver", { table = "rel_people" }) }

    local message, hint = refusal(relation.of, Person, "letters")

    assert.equal('relation "letters" of "rel_people": "rel_letters" leads to "rel_people" in 2 ways'
      .. " (by sender_id; by receiver_id)", message)
    assert.equal('say which: column = "sender_id"', hint)
    assert.equal(Person, relation.of(Letter, "sender").target)
  end)

  it("refuses a target that nothing leads to", function()
    local Lost = model.new { "rel_lost", id(), declare.has_many("books",
      { table = "rel_books" }) }

    assert.equal('relation "books" of "rel_lost": table "rel_books" has no foreign key'
      .. ' to "rel_lost"', (refusal(relation.of, Lost, "books")))
  end)

  it("refuses both ends of a many_to_many to be one without names", function()
    local Self = model.new { "rel_selves", id(), declare.many_to_many("friends",
      { table = "rel_selves", through = "rel_friendships" }) }

    assert.matches('both ends are "rel_selves"', (refusal(relation.of, Self, "friends")))
  end)

  it("refuses options it does not know, and cascades", function()
    assert.matches('mp.has_many%("books"%): unknown option "tabel" %(did you mean "table"%?%)',
      (refusal(declare.has_many, "books", { tabel = "rel_books" })))
    assert.equal('mp.has_many("books"): there is no cascade "all"',
      (refusal(declare.has_many, "books", { table = "rel_books", cascade = { "all" } })))
    assert.equal("mp.has_many has no name", (refusal(declare.has_many, { table = "x" })))
  end)

  it("refuses a polymorphic relation that does not lead back", function()
    local Lost = model.new { "rel_lost", id(),
      declare.has_many("notes", { table = "rel_notes", polymorphic = "subject" }) }

    assert.equal('relation "notes" of "rel_lost": "subject" of "rel_notes" does not lead to'
      .. ' "rel_lost"', (refusal(relation.of, Lost, "notes")))
  end)
end)
