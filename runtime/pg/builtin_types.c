/* builtin_types.c - the types that every server has under the same oids, as pg_type of
 * PostgreSQL 15 lists them: a database is asked only about others. */
#include "pg/type_set.h"

typedef struct builtin_type {
  uint32_t oid, array_oid;
  mp_type_kind kind;
  uint32_t inner_oid;
  const char *name;
} builtin_type;

static const builtin_type builtin_types[] = {
    {16, 1000, MP_TYPE_BASE, 0, "bool"},
    {17, 1001, MP_TYPE_BASE, 0, "bytea"},
    {18, 1002, MP_TYPE_BASE, 0, "\"char\""},
    {19, 1003, MP_TYPE_BASE, 0, "name"},
    {20, 1016, MP_TYPE_BASE, 0, "int8"},
    {21, 1005, MP_TYPE_BASE, 0, "int2"},
    {22, 1006, MP_TYPE_BASE, 0, "int2vector"},
    {23, 1007, MP_TYPE_BASE, 0, "int4"},
    {24, 1008, MP_TYPE_BASE, 0, "regproc"},
    {25, 1009, MP_TYPE_BASE, 0, "text"},
    {26, 1028, MP_TYPE_BASE, 0, "oid"},
    {27, 1010, MP_TYPE_BASE, 0, "tid"},
    {28, 1011, MP_TYPE_BASE, 0, "xid"},
    {29, 1012, MP_TYPE_BASE, 0, "cid"},
    {30, 1013, MP_TYPE_BASE, 0, "oidvector"},
    {32, 0, MP_TYPE_PSEUDO, 0, "pg_ddl_command"},
    {114, 199, MP_TYPE_BASE, 0, "json"},
    {142, 143, MP_TYPE_BASE, 0, "xml"},
    {194, 0, MP_TYPE_BASE, 0, "pg_node_tree"},
    {269, 0, MP_TYPE_PSEUDO, 0, "table_am_handler"},
    {325, 0, MP_TYPE_PSEUDO, 0, "index_am_handler"},
    {600, 1017, MP_TYPE_BASE, 0, "point"},
    {601, 1018, MP_TYPE_BASE, 0, "lseg"},
    {602, 1019, MP_TYPE_BASE, 0, "path"},
    {603, 1020, MP_TYPE_BASE, 0, "box"},
    {604, 1027, MP_TYPE_BASE, 0, "polygon"},
    {628, 629, MP_TYPE_BASE, 0, "line"},
    {650, 651, MP_TYPE_BASE, 0, "cidr"},
    {700, 1021, MP_TYPE_BASE, 0, "float4"},
    {701, 1022, MP_TYPE_BASE, 0, "float8"},
    {705, 0, MP_TYPE_PSEUDO, 0, "unknown"},
    {718, 719, MP_TYPE_BASE, 0, "circle"},
    {774, 775, MP_TYPE_BASE, 0, "macaddr8"},
    {790, 791, MP_TYPE_BASE, 0, "money"},
    {829, 1040, MP_TYPE_BASE, 0, "macaddr"},
    {869, 1041, MP_TYPE_BASE, 0, "inet"},
    {1033, 1034, MP_TYPE_BASE, 0, "aclitem"},
    {1042, 1014, MP_TYPE_BASE, 0, "bpchar"},
    {1043, 1015, MP_TYPE_BASE, 0, "varchar"},
    {1082, 1182, MP_TYPE_BASE, 0, "date"},
    {1083, 1183, MP_TYPE_BASE, 0, "time"},
    {1114, 1115, MP_TYPE_BASE, 0, "timestamp"},
    {1184, 1185, MP_TYPE_BASE, 0, "timestamptz"},
    {1186, 1187, MP_TYPE_BASE, 0, "interval"},
    {1266, 1270, MP_TYPE_BASE, 0, "timetz"},
    {1560, 1561, MP_TYPE_BASE, 0, "bit"},
    {1562, 1563, MP_TYPE_BASE, 0, "varbit"},
    {1700, 1231, MP_TYPE_BASE, 0, "numeric"},
    {1790, 2201, MP_TYPE_BASE, 0, "refcursor"},
    {2202, 2207, MP_TYPE_BASE, 0, "regprocedure"},
    {2203, 2208, MP_TYPE_BASE, 0, "regoper"},
    {2204, 2209, MP_TYPE_BASE, 0, "regoperator"},
    {2205, 2210, MP_TYPE_BASE, 0, "regclass"},
    {2206, 2211, MP_TYPE_BASE, 0, "regtype"},
    {2249, 2287, MP_TYPE_PSEUDO, 0, "record"},
    {2275, 1263, MP_TYPE_PSEUDO, 0, "cstring"},
    {2276, 0, MP_TYPE_PSEUDO, 0, "any"},
    {2277, 0, MP_TYPE_PSEUDO, 0, "anyarray"},
    {2278, 0, MP_TYPE_PSEUDO, 0, "void"},
    {2279, 0, MP_TYPE_PSEUDO, 0, "trigger"},
    {2280, 0, MP_TYPE_PSEUDO, 0, "language_handler"},
    {2281, 0, MP_TYPE_PSEUDO, 0, "internal"},
    {2283, 0, MP_TYPE_PSEUDO, 0, "anyelement"},
    {2776, 0, MP_TYPE_PSEUDO, 0, "anynonarray"},
    {2950, 2951, MP_TYPE_BASE, 0, "uuid"},
    {2970, 2949, MP_TYPE_BASE, 0, "txid_snapshot"},
    {3115, 0, MP_TYPE_PSEUDO, 0, "fdw_handler"},
    {3220, 3221, MP_TYPE_BASE, 0, "pg_lsn"},
    {3310, 0, MP_TYPE_PSEUDO, 0, "tsm_handler"},
    {3361, 0, MP_TYPE_BASE, 0, "pg_ndistinct"},
    {3402, 0, MP_TYPE_BASE, 0, "pg_dependencies"},
    {3500, 0, MP_TYPE_PSEUDO, 0, "anyenum"},
    {3614, 3643, MP_TYPE_BASE, 0, "tsvector"},
    {3615, 3645, MP_TYPE_BASE, 0, "tsquery"},
    {3642, 3644, MP_TYPE_BASE, 0, "gtsvector"},
    {3734, 3735, MP_TYPE_BASE, 0, "regconfig"},
    {3769, 3770, MP_TYPE_BASE, 0, "regdictionary"},
    {3802, 3807, MP_TYPE_BASE, 0, "jsonb"},
    {3831, 0, MP_TYPE_PSEUDO, 0, "anyrange"},
    {3838, 0, MP_TYPE_PSEUDO, 0, "event_trigger"},
    {3904, 3905, MP_TYPE_RANGE, 23, "int4range"},
    {3906, 3907, MP_TYPE_RANGE, 1700, "numrange"},
    {3908, 3909, MP_TYPE_RANGE, 1114, "tsrange"},
    {3910, 3911, MP_TYPE_RANGE, 1184, "tstzrange"},
    {3912, 3913, MP_TYPE_RANGE, 1082, "daterange"},
    {3926, 3927, MP_TYPE_RANGE, 20, "int8range"},
    {4072, 4073, MP_TYPE_BASE, 0, "jsonpath"},
    {4089, 4090, MP_TYPE_BASE, 0, "regnamespace"},
    {4096, 4097, MP_TYPE_BASE, 0, "regrole"},
    {4191, 4192, MP_TYPE_BASE, 0, "regcollation"},
    {4451, 6150, MP_TYPE_MULTIRANGE, 3904, "int4multirange"},
    {4532, 6151, MP_TYPE_MULTIRANGE, 3906, "nummultirange"},
    {4533, 6152, MP_TYPE_MULTIRANGE, 3908, "tsmultirange"},
    {4534, 6153, MP_TYPE_MULTIRANGE, 3910, "tstzmultirange"},
    {4535, 6155, MP_TYPE_MULTIRANGE, 3912, "datemultirange"},
    {4536, 6157, MP_TYPE_MULTIRANGE, 3926, "int8multirange"},
    {4537, 0, MP_TYPE_PSEUDO, 0, "anymultirange"},
    {4538, 0, MP_TYPE_PSEUDO, 0, "anycompatiblemultirange"},
    {4600, 0, MP_TYPE_BASE, 0, "pg_brin_bloom_summary"},
    {4601, 0, MP_TYPE_BASE, 0, "pg_brin_minmax_multi_summary"},
    {5017, 0, MP_TYPE_BASE, 0, "pg_mcv_list"},
    {5038, 5039, MP_TYPE_BASE, 0, "pg_snapshot"},
    {5069, 271, MP_TYPE_BASE, 0, "xid8"},
    {5077, 0, MP_TYPE_PSEUDO, 0, "anycompatible"},
    {5078, 0, MP_TYPE_PSEUDO, 0, "anycompatiblearray"},
    {5079, 0, MP_TYPE_PSEUDO, 0, "anycompatiblenonarray"},
    {5080, 0, MP_TYPE_PSEUDO, 0, "anycompatiblerange"},
};

enum { BOX = 603 }; /* the one whose literals contain commas */

static void fill_in(mp_type *type, const builtin_type *row) {
  type->kind = row->kind;
  type->inner_oid = row->inner_oid;
  type->is_builtin = true;
  type->is_visible = true;
  type->schema = "pg_catalog";
  type->bare_name = type->name = row->name;
  if (row->oid == BOX) type->delimiter = ';';
}

static void add_array(mp_types *types, const builtin_type *row, bool *failed) {
  builtin_type array = {row->array_oid, 0, MP_TYPE_ARRAY, row->oid, ""};
  mp_type *type = mp__types_add(types, row->array_oid, failed);
  if (type != NULL) fill_in(type, &array);
}

bool mp__builtin_types_add(mp_types *types) {
  bool failed = false;
  for (size_t i = 0; i < sizeof(builtin_types) / sizeof(builtin_types[0]); i++) {
    const builtin_type *row = &builtin_types[i];
    mp_type *type = mp__types_add(types, row->oid, &failed);
    if (type != NULL) fill_in(type, row);
    if (row->array_oid != 0) add_array(types, row, &failed);
    if (failed) return false;
  }
  return true;
}
