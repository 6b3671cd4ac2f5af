-- hello.lua - statements, a transaction and tasks, run by the command: moonpool run hello.lua
local mp = require "moonpool"

local SETUP = [[
  drop table if exists hello_account;
  create table hello_account (
    name text primary key,
    balance numeric(10, 2) not null check (balance >= 0)
  );
]]

local function open_accounts(db)
  db:script(SETUP)
  return db:many("insert into hello_account (name, balance) values ($1, $2) returning name", {
    { "ada", mp.decimal "100.10" },
    { "bob", 0 },
  })
end

local function print_accounts(db)
  for _, row in ipairs(db:query "select name, balance from hello_account order by name") do
    print(row.name, row.balance)
  end
end

-- Both rows change, or none does: an error rolls back and is raised again.
local function move(db, amount)
  return db:transaction(function(tx)
    local update = "update hello_account set balance = balance + $1 where name = $2"
    tx:exec(update, -amount, "ada")
    tx:exec(update, amount, "bob")
    return tx:value("select balance from hello_account where name = $1", "ada")
  end)
end

-- Three statements under way at once, on three connections.
local function count_in_tasks(db)
  return mp.map({ 10, 20, 30 }, function(n)
    return db:value("select count(*) from generate_series(1, $1::int4)", n)
  end)
end

local function main()
  local db <close> = mp.engine()
  print("opened", #open_accounts(db))
  print("left", move(db, mp.decimal "0.20"))

  local _, err = mp.try(move, db, 1000)
  print("refused", err.kind, err.constraint)
  print_accounts(db)

  print("counted", table.concat(count_in_tasks(db), " "))
  _, err = mp.try(mp.deadline, 0.1, db.value, db, "select pg_sleep(10)")
  print("too slow", err.kind)
end

main()
