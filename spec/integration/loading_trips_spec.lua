-- loading_trips_spec.lua - how many round trips it takes to load relations.
local tables = require "spec.support.tables"
local trips = require "spec.support.trips"
local world = require "spec.support.authors_world"

local Post = world.Post

local SCHEMA = "loading_trips_spec"

describe("loading", function()
  local db
  setup(function() db = world.open(SCHEMA) end)
  teardown(function() tables.close(db, SCHEMA) end)

  describe("costs", function()
    local counter
    setup(function() counter = trips.open { search_path = SCHEMA .. ", public" } end)
    teardown(function() getmetatable(counter).__close(counter) end)

    local RELATIONS = { "author", "comments", "tags", "notes" }

    local function count_twice(fn)
      fn()
      return counter:count(fn)
    end

    it("two round trips for a select with four relations", function()
      local count, posts = count_twice(function()
        local own <close> = counter.db:session()
        return own:select(Post):with(RELATIONS):all()
      end)

      assert.equal(2, count)
      assert.equal(99, #posts)
    end)

    it("the same inside a transaction", function()
      local tx <close> = counter.db:begin()
      local count = count_twice(function()
        local own <close> = tx:session()
        return own:select(Post):with(RELATIONS):all()
      end)

      assert.equal(2, count)
    end)

    it("one more for each depth", function()
      assert.equal(3, (count_twice(function()
        local own <close> = counter.db:session()
        return own:select(Post)
          :with { author = { "team", "profile" }, comments = { "author" }, "tags" }:all()
      end)))
    end)

    it("four statements for a hundred rows and three relations, loaded in a loop", function()
      assert.equal(4, (count_twice(function()
        local own <close> = counter.db:session()
        local posts = own:select(Post):with_deleted():all()
        assert.equal(100, #posts)
        for _, post in ipairs(posts) do
          post:load "author"
          post:load "tags"
          post:load "comments"
        end
      end)))
    end)

    it("one for all that one flush has inserted", function()
      local own <close> = counter.db:session()
      own:begin()
      local posts = {}
      for at = 1, 20 do
        posts[at] = own:add(Post { title = "new " .. at, author_id = 1 + at % 2 })
      end
      own:flush()

      local count = counter:count(function()
        for _, post in ipairs(posts) do post:load "author" end
      end)

      assert.equal(1, count)
      assert.equal(2, posts[1].author.id)
    end)

    it("nothing for what is there already", function()
      local own <close> = counter.db:session()
      local posts = own:select(Post):with(RELATIONS):all()

      local count = counter:count(function()
        for _, post in ipairs(posts) do post:load { "author", "tags", comments = { "post" } } end
      end)

      assert.equal(0, count)
    end)
  end)
end)
