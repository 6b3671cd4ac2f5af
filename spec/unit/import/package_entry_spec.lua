-- package_entry_spec.lua - how a stanza becomes a package and its relations.
local package_entry = require "import.package_entry"

local function fields(more)
  local all = { package = "hello", version = "1.0", architecture = "amd64" }
  for name, value in pairs(more or {}) do all[name] = value end
  return all
end

local function package_of(more)
  return package_entry.read(fields(more)).package
end

describe("import.package_entry", function()
  it("needs no more than a name, a version and an architecture", function()
    local entry, problems = package_entry.read(fields())

    assert.same({
      package = {
        name = "hello", version = "1.0", architecture = "amd64", source_package = "hello",
        is_essential = false, summary = "",
      },
      relations = {},
    }, entry)
    assert.same({}, problems)
  end)

  for _, name in ipairs { "package", "version", "architecture" } do
    it("leaves out and reports a stanza without " .. name, function()
      for _, value in ipairs { false, "" } do
        local all = fields()
        all[name] = value or nil
        local entry, problems = package_entry.read(all)

        assert.is_nil(entry)
        assert.same({ ('has no field "%s" and is left out'):format(name) }, problems)
      end
    end)
  end

  it("splits the maintainer into name and address", function()
    local package = package_of { maintainer = "A Team <team@lists.example.org>" }

    assert.equal("A Team", package.maintainer_name)
    assert.equal("team@lists.example.org", package.maintainer_email)
  end)

  it("takes a maintainer without an address", function()
    local package = package_of { maintainer = "Somebody" }

    assert.equal("Somebody", package.maintainer_name)
    assert.equal("", package.maintainer_email)
  end)

  it("splits the description into summary and text", function()
    local package = package_of { description = "says hello\n One.\n .\n  Two." }

    assert.equal("says hello", package.summary)
    assert.equal("One.\n\n Two.", package.description)
  end)

  it("names the source without its version", function()
    assert.equal("hello-src", package_of({ source = "hello-src (1.0-1)" }).source_package)
  end)

  it("reads sizes as integers", function()
    local package = package_of { ["installed-size"] = "3218736", size = "1377557908" }

    assert.equal(3218736, package.installed_size)
    assert.equal("integer", math.type(package.download_size))
  end)

  for _, text in ipairs { "big", "-1", "1.5", "0x10", "99999999999999999999" } do
    it("reports a size of " .. text, function()
      local entry, problems = package_entry.read(fields { size = text })

      assert.is_nil(entry.package.download_size)
      assert.same({ ("size is no number: %q"):format(text) }, problems)
    end)
  end

  it("knows essential packages", function()
    assert.is_true(package_of({ essential = "yes" }).is_essential)
    assert.is_false(package_of({ essential = "no" }).is_essential)
  end)

  it("reads every relation field, in one order", function()
    local all = fields()
    for _, name in ipairs { "depends", "pre-depends", "recommends", "suggests", "conflicts",
      "breaks", "provides", "replaces", "enhances" } do
      all[name] = "x"
    end

    local kinds = {}
    for _, relation in ipairs(package_entry.read(all).relations) do
      kinds[#kinds + 1] = relation.kind
      assert.same({ { { name = "x" } } }, relation.groups)
    end

    assert.same({ "depends", "pre_depends", "recommends", "suggests", "conflicts", "breaks",
      "provides", "replaces", "enhances" }, kinds)
  end)

  it("reports a broken relation and keeps it", function()
    local entry, problems = package_entry.read(fields { depends = "a, b (" })

    assert.same({ 'depends has a part that is no relation: "b ("' }, problems)
    assert.same({ { name = "b (", broken = true } }, entry.relations[1].groups[2])
  end)
end)
