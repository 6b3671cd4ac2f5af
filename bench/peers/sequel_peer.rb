# sequel_peer.rb - Sequel with sequel_pg, tasks as threads: sequel_peer.rb WORKLOAD [CONNECTIONS]
require_relative "bench"

TYPE_ROWS = <<~SQL
  select typname, typnamespace, typowner, typlen, typbyval, typcategory,
    typispreferred, typisdefined, typdelim, typrelid, typelem, typarray
  from pg_type where typtypmod = ? and typisdefined = ?
SQL

def point
  columns = DB[:pgbench_accounts].select(:aid, :bid, :abalance, :filler)
  columns.where(aid: :$aid).prepare(:first, :point)
end

def select_point(point)
  point.call(aid: rand(ACCOUNTS) + 1)[:aid] or raise "a row is missing"
end

def point_select
  statement = point
  measure { 16.times { select_point(statement) }; 16 }
end

def point_select_tasks
  statement = point
  run = lambda do |seconds|
    work = -> { repeat(seconds) { select_point(statement); 1 } }
    Array.new(TASKS) { Thread.new(&work) }.sum(&:value)
  end
  run.call(WARM_UP_S)
  start = [now, cpu]
  report(start, run.call(SECONDS))
end

def type_rows
  measure { DB[TYPE_ROWS, -1, true].all.length }
end

def load_rows(count)
  DB.run "truncate bench_load"
  base = Time.utc(2024, 1, 1)
  Array.new(count) { |at| [at + 1, "text value #{at + 1}", (at + 1) * 0.25, base + at + 1] }
end

def copy_rows
  rows = load_rows(100_000)
  start = [now, cpu]
  text = +""
  rows.each { |a, b, c, d| text << "#{a}\t#{b}\t#{c}\t#{d.strftime("%F %T+00")}\n" }
  DB.copy_into(:bench_load, format: :text, data: text)
  report(start, rows.length)
end

def insert_rows
  rows = load_rows(10_000)
  start = [now, cpu]
  DB.transaction { DB[:bench_load].import(%i[a b c d], rows, slice: 1000) }
  report(start, rows.length)
end

def stream_accounts
  DB.get(1)
  report_memory("start_kb", "VmRSS")
  start, count = [now, cpu], 0
  DB[:pgbench_accounts].use_cursor(rows_per_fetch: 1000).each { count += 1 }
  raise "rows are missing" unless count == ACCOUNTS
  report(start, count)
  report_memory("peak_kb", "VmHWM")
end

def first_row
  raise "1 is not 1" unless DB.get(1) == 1
end

send(ARGV[0])
