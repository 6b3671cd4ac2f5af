-- schema.sql - what the benchmark loads rows into.
create unlogged table bench_load (a int4, b text, c float8, d timestamptz);
vacuum analyze;
