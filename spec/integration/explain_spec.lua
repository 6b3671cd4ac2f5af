-- explain_spec.lua - plans as trees, and in the server's own form.
local mp = require "moonpool"
local refusal = require "spec.support.refusal"

describe("explain", function()
  local db
  setup(function()
    db = mp.engine(nil, { pool = { max = 1 } })
    db:exec [[
      create table explain_spec as select i as id, i % 7 as kind from generate_series(1, 100) i]]
    db:exec "analyze explain_spec"
  end)
  teardown(function()
    db:exec "drop table explain_spec"
    db:close()
  end)

  it("gives the plan as a tree, with parameters", function()
    local plan = db:explain("select kind, count(*) from explain_spec where id < $1 group by kind",
      50)

    assert.equal("Aggregate", plan.node_type)
    assert.equal("Seq Scan", plan.children[1].node_type)
    assert.equal("explain_spec", plan.children[1].relation_name)
    assert.equal(100, db:explain("select * from explain_spec").plan_rows)
    assert.equal("number", type(plan.total_cost))
    assert.same({}, plan.children[1].children)
  end)

  it("prints as the server does", function()
    local sql = "select e.id from explain_spec e where e.kind = 3 order by e.id"
    local lines = db:column("explain " .. sql)

    assert.equal(table.concat(lines, "\n"), tostring(db:explain(sql)))
  end)

  it("takes named parameters, and targets of every kind", function()
    local plan = db:explain("select * from explain_spec where id = :id", { id = 1 })
    assert.equal("Seq Scan", plan.node_type)
    db:transaction(function(tx) assert.equal("Result", tx:explain("select 1").node_type) end)
    local conn <close> = db:connect()
    assert.equal("Result", conn:explain("select 1").node_type)
  end)

  it("runs the statement to analyze it, and undoes what that wrote", function()
    local plan = db:explain({ analyze = true, buffers = true },
      "delete from explain_spec where id <= $1", 10)

    assert.equal("Delete", plan.operation)
    assert.equal(10, plan.children[1].actual_rows)
    assert.equal("number", type(plan.execution_time))
    assert.is_truthy(tostring(plan):find "actual time=")
    assert.equal(100, db:value "select count(*) from explain_spec")
    db:transaction(function(tx)
      tx:explain({ analyze = true }, "delete from explain_spec")
      assert.equal(100, tx:value "select count(*) from explain_spec")
    end)
  end)

  it("refuses unknown options and what is no statement", function()
    refusal.check({ kind = "bad_argument", says = "analyse" }, db.explain, db,
      { analyse = true }, "select 1")
    refusal.check({ kind = "bad_argument", cure = "db:explain" }, db.explain, db,
      { analyze = true })
    refusal.check({ kind = "bad_argument", cure = "db:explain" }, db.explain, db)
    refusal.check({ kind = "syntax_error" }, db.explain, db, "selec 1")
    refusal.check({ kind = "bad_argument" }, db.explain, db, "select 1; delete from explain_spec")
  end)
end)
