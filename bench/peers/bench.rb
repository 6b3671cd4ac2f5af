# bench.rb - clocks, reports and the connection for the peers in Ruby.
require "sequel"

SECONDS = (ENV["BENCH_SECONDS"] || "1").to_f
WARM_UP_S = 0.2
TASKS = 64
ACCOUNTS = 1_000_000

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
