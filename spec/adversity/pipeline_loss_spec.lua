-- pipeline_loss_spec.lua - a group whose connection is lost says what is known of its outcome.
local mp = require "moonpool"

describe("a pipeline whose connection is lost", function()
  local db, control
  setup(function()
    db = mp.engine(nil, { pool = { max = 1 } })
    control = mp.engine(nil, { pool = { max = 1 } })
    control:script [[
      create table pipeline_loss (id int);
      create function pipeline_loss_end() returns trigger language plpgsql as
        $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
      create constraint trigger ending after insert on pipeline_loss
        deferrable initially deferred for each row when (new.id = 666)
        execute function pipeline_loss_end()]]
  end)
  teardown(function()
    control:script "drop table pipeline_loss; drop function pipeline_loss_end()"
    db:close()
    control:close()
  end)

  for _, place in ipairs { "an engine", "a connection" } do
    it(("in its COMMIT is commit_unknown on %s, with the transaction's number"):format(place),
      function()
        local conn <close> = place == "a connection" and db:connect() or nil
        local target = conn or db
        local ok, err = pcall(target.pipeline, target, function(p)
          p:exec "insert into pipeline_loss values (666)"
        end)

        assert.is_false(ok)
        assert.equal("commit_unknown", err.kind)
        assert.equal("aborted", control:value("select pg_xact_status($1::xid8)", err.xid))
        assert.equal("aborted", mp.resolve(err, control))
        assert.equal(0, control:value "select count(*) from pipeline_loss")
      end)
  end

  it("while it only read is connection_lost", function()
    local pids
    local reader = mp.spawn(pcall, db.pipeline, db, function(p)
      p:value "select pg_backend_pid()"
      p:value "select pg_sleep(20)"
    end)
    repeat
      pids = control:column [[
        select pid from pg_stat_activity where query like 'select pg_sleep(20%']]
    until #pids == 1
    control:value("select pg_terminate_backend($1)", pids[1])
    local ok, err = reader:await()

    assert.is_false(ok)
    assert.equal("connection_lost", err.kind)
  end)

  it("in a transaction is the transaction's loss", function()
    local tx = db:begin()
    tx:exec "insert into pipeline_loss values (1)"
    control:value("select pg_terminate_backend($1)", tx:value "select pg_backend_pid()")
    local ok, err = pcall(tx.pipeline, tx, function(p) p:value "select 1" end)
    local again, second = pcall(tx.pipeline, tx, function(p) p:value "select 1" end)

    assert.is_false(ok or again)
    assert.equal("connection_lost", err.kind)
    assert.equal("tx_lost", second.kind)
    assert.equal(0, control:value "select count(*) from pipeline_loss")
  end)
end)
