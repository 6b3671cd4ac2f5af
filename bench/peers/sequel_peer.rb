# sequel_peer.rb - Sequel with sequel_pg, tasks as threads: sequel_peer.rb WORKLOAD [CONNECTIONS]
require "sequel"

SECONDS = (ENV["BENCH_SECONDS"] || "1").to_f
WARM_UP_S = 0.2
TASKS = 64
ACCOUNTS = 1_000_000
TYPE_ROWS = <<~SQL
  select typname, typnamespace, typowner, typlen, typbyval, typcategory,
    typispreferred, typisdefined, typdelim, typrelid, typelem, typarray
  from pg_type where typtypmod = ? and typisdefined = ?
SQL

def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)
def cpu = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)

def report(start, operations)
  wall_s, cpu_s = now - start[0], cpu - start[1]
  printf("wall_us %.4f\ncpu_us %.4f\n", wall_s / operations * 1e6, cpu_s / operations * 1e6)
end

def report_memory(metric, field)
  File.foreach("/proc/self/status") { |line| puts "#{metric} #{line[/\d+/]}" if line.start_with?(field) }
end

def repeat(seconds)
  stop, done = now + seconds, 0
  done += yield while now < stop
  done
end

def measure(&work)
  repeat(WARM_UP_S, &work)
  start = [now, cpu]
  report(start, repeat(SECONDS, &work))
end

DB = Sequel.connect(
  adapter: "postgres", database: ENV["PGDATABASE"], host: ENV["PGHOST"], port: ENV["PGPORT"],
  user: ENV["PGUSER"], max_connections: (ARGV[1] || 1).to_i, pool_timeout: 60,
  keep_reference: false
)

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
