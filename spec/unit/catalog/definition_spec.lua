-- The server's words for elements, taken apart.
local definition = require "moonpool.catalog.definition"

local CASES = {
  { "a", { column = "a" } },
  { '"Odd ""name"""', { column = 'Odd "name"' } },
  { "a DESC", { column = "a", order = "desc" } },
  { "a NULLS FIRST", { column = "a", nulls = "first" } },
  { "a DESC NULLS LAST", { column = "a", order = "desc", nulls = "last" } },
  { "lower(a)", { expression = "lower(a)" } },
  { "app.lower(a) DESC", { expression = "app.lower(a)", order = "desc" } },
  { "((a + b))", { expression = "(a + b)" } },
  { "(((j ->> ') DESC'::text)))", { expression = "((j ->> ') DESC'::text))" } },
  { 'a COLLATE "C"', { column = "a", collation = '"C"' } },
  { 'a COLLATE app."my C" text_ops', { column = "a", collation = 'app."my C"',
    operator_class = "text_ops" } },
  { "a gin_trgm_ops (siglen='32')", { column = "a", operator_class = "gin_trgm_ops",
    parameters = { siglen = "32" } } },
  { 'a public."Ops" DESC', { column = "a", operator_class = "public.Ops", order = "desc" } },
  { "a WITH =", { column = "a", with = "=" } },
  { "a WITH OPERATOR(public.&&)", { column = "a", with = "OPERATOR(public.&&)" } },
  { 'lower(a) COLLATE "C" text_pattern_ops DESC NULLS LAST WITH =', { expression = "lower(a)",
    collation = '"C"', operator_class = "text_pattern_ops", order = "desc", nulls = "last",
    with = "=" } },
}

describe("an element's definition", function()
  for _, case in ipairs(CASES) do
    it("is taken apart: " .. case[1], function()
      assert.same(case[2], definition.element(case[1]))
    end)
  end

  it("stands in a list behind the method", function()
    assert.equal("a, lower(' USING x (')", definition.list_of(
      [[CREATE INDEX ix ON app." USING y (z" USING btree (a, lower(' USING x (')) WHERE (b > 0)]]))
    assert.equal("a WITH =", definition.list_of "EXCLUDE USING gist (a WITH =) WHERE ((a > 0))")
  end)

  it("has no condition where a trigger has none", function()
    assert.equal("(old.a = ' WHEN ('::text)", definition.trigger_condition([[CREATE TRIGGER t
      AFTER UPDATE ON u FOR EACH ROW WHEN ((old.a = ' WHEN ('::text)) EXECUTE FUNCTION f()]]))
    assert.is_nil(definition.trigger_condition [[CREATE TRIGGER "x WHEN (" AFTER UPDATE ON u
      FOR EACH ROW EXECUTE FUNCTION f(' WHEN (')]])
  end)
end)
