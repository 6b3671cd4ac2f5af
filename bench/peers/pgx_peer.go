// pgx_peer.go - pgx 4, rows scanned into structs: pgx_peer WORKLOAD [ARGUMENT]
package main

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

const (
	accounts    = 1000000
	tasks       = 64
	warmUp      = 200 * time.Millisecond
	allAccounts = "select aid, bid, abalance, filler from pgbench_accounts"
	pointSelect = allAccounts + " where aid = $1"
	typeRows    = `select typname, typnamespace, typowner, typlen, typbyval, typcategory,
		typispreferred, typisdefined, typdelim, typrelid, typelem, typarray
		from pg_type where typtypmod = $1 and typisdefined = $2`
)

type account struct {
	id, branch, balance int32
	filler              string
}

type typeRow struct {
	name                     string
	namespace, owner         uint32
	length                   int16
	byValue                  bool
	category                 int8
	isPreferred, isDefined   bool
	delimiter                int8
	relation, element, array uint32
}

type stopwatch struct {
	wall time.Time
	cpu  float64
}

var ctx = context.Background()

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func cpu() float64 {
	var usage syscall.Rusage
	must(syscall.Getrusage(0, &usage))
	return float64(usage.Utime.Sec+usage.Stime.Sec) + float64(usage.Utime.Usec+usage.Stime.Usec)/1e6
}

func start() stopwatch {
	return stopwatch{time.Now(), cpu()}
}

func (watch stopwatch) report(operations int) {
	wall, used := time.Since(watch.wall).Seconds(), cpu()-watch.cpu
	fmt.Printf("wall_us %.4f\n", wall/float64(operations)*1e6)
	fmt.Printf("cpu_us %.4f\n", used/float64(operations)*1e6)
}

func reportMemory(metric, field string) {
	status, err := os.ReadFile("/proc/self/status")
	must(err)
	for _, line := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(line, field) {
			fmt.Println(metric, strings.Fields(line)[1])
		}
	}
}

func benchTime() time.Duration {
	seconds, err := strconv.ParseFloat(os.Getenv("BENCH_SECONDS"), 64)
	if err != nil {
		seconds = 1
	}
	return time.Duration(seconds * float64(time.Second))
}

func repeat(limit time.Duration, work func() int) int {
	done := 0
	for stop := time.Now().Add(limit); time.Now().Before(stop); {
		done += work()
	}
	return done
}

func measure(work func() int) {
	repeat(warmUp, work)
	watch := start()
	watch.report(repeat(benchTime(), work))
}

func connect() *pgx.Conn {
	conn, err := pgx.Connect(ctx, "")
	must(err)
	return conn
}

type querier interface {
	QueryRow(context.Context, string, ...interface{}) pgx.Row
}

func selectPoint(from querier) {
	var row account
	id := rand.Intn(accounts) + 1
	must(from.QueryRow(ctx, pointSelect, id).Scan(&row.id, &row.branch, &row.balance, &row.filler))
}

func runPointSelect(string) {
	conn := connect()
	measure(func() int {
		for i := 0; i < 16; i++ {
			selectPoint(conn)
		}
		return 16
	})
}

func runTasks(pool *pgxpool.Pool, limit time.Duration) int {
	var done int64
	var group sync.WaitGroup
	stop := time.Now().Add(limit)
	for i := 0; i < tasks; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for time.Now().Before(stop) {
				selectPoint(pool)
				atomic.AddInt64(&done, 1)
			}
		}()
	}
	group.Wait()
	return int(done)
}

func runPointSelectTasks(connections string) {
	config := "pool_max_conns=" + connections + " pool_min_conns=" + connections
	pool, err := pgxpool.Connect(ctx, config)
	must(err)
	runTasks(pool, warmUp)
	watch := start()
	watch.report(runTasks(pool, benchTime()))
}

func selectTypes(conn *pgx.Conn) int {
	rows, err := conn.Query(ctx, typeRows, -1, true)
	must(err)
	out := make([]typeRow, 0, 700)
	for rows.Next() {
		var row typeRow
		must(rows.Scan(&row.name, &row.namespace, &row.owner, &row.length, &row.byValue,
			&row.category, &row.isPreferred, &row.isDefined, &row.delimiter, &row.relation,
			&row.element, &row.array))
		out = append(out, row)
	}
	must(rows.Err())
	return len(out)
}

func runTypeRows(string) {
	conn := connect()
	measure(func() int { return selectTypes(conn) })
}

func loadRows(conn *pgx.Conn, count int) [][]interface{} {
	_, err := conn.Exec(ctx, "truncate bench_load")
	must(err)
	base := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	rows := make([][]interface{}, count)
	for i := range rows {
		at := base.Add(time.Duration(i+1) * time.Second)
		rows[i] = []interface{}{int32(i + 1), "text value " + strconv.Itoa(i+1), float64(i+1) * 0.25, at}
	}
	return rows
}

func runCopyRows(string) {
	conn := connect()
	rows := loadRows(conn, 100000)
	watch := start()
	columns := []string{"a", "b", "c", "d"}
	_, err := conn.CopyFrom(ctx, pgx.Identifier{"bench_load"}, columns, pgx.CopyFromRows(rows))
	must(err)
	watch.report(len(rows))
}

func runInsertRows(string) {
	conn := connect()
	rows := loadRows(conn, 10000)
	watch := start()
	tx, err := conn.Begin(ctx)
	must(err)
	batch := &pgx.Batch{}
	for _, row := range rows {
		batch.Queue("insert into bench_load values ($1, $2, $3, $4)", row...)
	}
	must(tx.SendBatch(ctx, batch).Close())
	must(tx.Commit(ctx))
	watch.report(len(rows))
}

func runStreamAccounts(string) {
	conn := connect()
	reportMemory("start_kb", "VmRSS")
	watch, count := start(), 0
	rows, err := conn.Query(ctx, allAccounts)
	must(err)
	for rows.Next() {
		var row account
		must(rows.Scan(&row.id, &row.branch, &row.balance, &row.filler))
		count++
	}
	must(rows.Err())
	watch.report(count)
	reportMemory("peak_kb", "VmHWM")
}

func runFirstRow(string) {
	var one int
	must(connect().QueryRow(ctx, "select 1").Scan(&one))
}

func main() {
	workloads := map[string]func(string){
		"point_select":       runPointSelect,
		"point_select_tasks": runPointSelectTasks,
		"type_rows":          runTypeRows,
		"copy_rows":          runCopyRows,
		"insert_rows":        runInsertRows,
		"stream_accounts":    runStreamAccounts,
		"first_row":          runFirstRow,
	}
	argument := ""
	if len(os.Args) > 2 {
		argument = os.Args[2]
	}
	workloads[os.Args[1]](argument)
}
