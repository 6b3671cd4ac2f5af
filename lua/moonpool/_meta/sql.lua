-- sql.lua - statements and expressions of the query builder, for editors.
---@meta

---@class moonpool.sql.Condition: moonpool.sql.Expression

---@class moonpool.sql.Expression
---@operator add(any): moonpool.sql.Expression
---@operator sub(any): moonpool.sql.Expression
---@operator mul(any): moonpool.sql.Expression
---@operator div(any): moonpool.sql.Expression
---@operator mod(any): moonpool.sql.Expression
---@operator pow(any): moonpool.sql.Expression
---@operator unm: moonpool.sql.Expression
---@operator concat(any): moonpool.sql.Expression
---@operator shl(any): moonpool.sql.Expression
---@operator shr(any): moonpool.sql.Expression
---@operator band(any): moonpool.sql.Expression
---@operator bor(any): moonpool.sql.Expression
---@operator bnot: moonpool.sql.Expression
---@field eq fun(self, value: any): moonpool.sql.Expression
---@field ne fun(self, value: any): moonpool.sql.Expression
---@field gt fun(self, value: any): moonpool.sql.Expression
---@field ge fun(self, value: any): moonpool.sql.Expression
---@field lt fun(self, value: any): moonpool.sql.Expression
---@field le fun(self, value: any): moonpool.sql.Expression
---@field is_distinct_from fun(self, value: any): moonpool.sql.Expression
---@field is_not_distinct_from fun(self, value: any): moonpool.sql.Expression
---@field is_null fun(self): moonpool.sql.Expression
---@field is_not_null fun(self): moonpool.sql.Expression
---@field is_true fun(self): moonpool.sql.Expression
---@field is_false fun(self): moonpool.sql.Expression
---@field is_unknown fun(self): moonpool.sql.Expression
---@field is_not_true fun(self): moonpool.sql.Expression
---@field is_not_false fun(self): moonpool.sql.Expression
---@field is_not_unknown fun(self): moonpool.sql.Expression
---@field between fun(self, low: any, high: any, options?: { symmetric: boolean }): moonpool.sql.Expression
---@field not_between fun(self, low: any, high: any, options?: { symmetric: boolean }): moonpool.sql.Expression
---@field one_of fun(self, list: any): moonpool.sql.Expression
---@field none_of fun(self, list: any): moonpool.sql.Expression
---@field like fun(self, pattern: any): moonpool.sql.Expression
---@field ilike fun(self, pattern: any): moonpool.sql.Expression
---@field not_like fun(self, pattern: any): moonpool.sql.Expression
---@field not_ilike fun(self, pattern: any): moonpool.sql.Expression
---@field similar_to fun(self, pattern: any): moonpool.sql.Expression
---@field regex fun(self, pattern: any): moonpool.sql.Expression
---@field iregex fun(self, pattern: any): moonpool.sql.Expression
---@field not_regex fun(self, pattern: any): moonpool.sql.Expression
---@field not_iregex fun(self, pattern: any): moonpool.sql.Expression
---@field starts_with fun(self, text: any): moonpool.sql.Expression
---@field ends_with fun(self, text: any): moonpool.sql.Expression
---@field istarts_with fun(self, text: any): moonpool.sql.Expression
---@field iends_with fun(self, text: any): moonpool.sql.Expression
---@field icontains fun(self, text: any): moonpool.sql.Expression
---@field contains fun(self, value: any): moonpool.sql.Expression
---@field contained_by fun(self, value: any): moonpool.sql.Expression
---@field overlaps fun(self, value: any): moonpool.sql.Expression
---@field adjacent fun(self, range: any): moonpool.sql.Expression
---@field left_of fun(self, range: any): moonpool.sql.Expression
---@field right_of fun(self, range: any): moonpool.sql.Expression
---@field not_left_of fun(self, range: any): moonpool.sql.Expression
---@field not_right_of fun(self, range: any): moonpool.sql.Expression
---@field matches fun(self, query: any, options?: { config: string, parser: "websearch"|"plain"|"phrase"|"raw" }): moonpool.sql.Expression
---@field at fun(self, ...: string|integer|moonpool.sql.Expression): moonpool.sql.Expression
---@field slice fun(self, first: any, last: any): moonpool.sql.Expression
---@field any fun(self, value: any): moonpool.sql.Expression
---@field length fun(self): moonpool.sql.Expression
---@field field fun(self, name: string): moonpool.sql.Expression
---@field as_text fun(self): moonpool.sql.Expression
---@field has_key fun(self, key: any): moonpool.sql.Expression
---@field has_any fun(self, keys: any): moonpool.sql.Expression
---@field has_all fun(self, keys: any): moonpool.sql.Expression
---@field is_json fun(self, kind?: "value"|"object"|"array"|"scalar", options?: { unique_keys: boolean }): moonpool.sql.Expression
---@field is_not_json fun(self, kind?: "value"|"object"|"array"|"scalar", options?: { unique_keys: boolean }): moonpool.sql.Expression
---@field json_value fun(self, path: any, options?: table): moonpool.sql.Expression
---@field json_query fun(self, path: any, options?: table): moonpool.sql.Expression
---@field json_exists fun(self, path: any, options?: table): moonpool.sql.Expression
---@field path_exists fun(self, path: any): moonpool.sql.Expression
---@field path_matches fun(self, path: any): moonpool.sql.Expression
---@field without fun(self, keys: any): moonpool.sql.Expression
---@field bit_and fun(self, value: any): moonpool.sql.Expression
---@field bit_or fun(self, value: any): moonpool.sql.Expression
---@field bit_xor fun(self, value: any): moonpool.sql.Expression
---@field collate fun(self, collation: string): moonpool.sql.Expression
---@field cast fun(self, type: string): moonpool.sql.Expression
---@field at_time_zone fun(self, zone: any): moonpool.sql.Expression
---@field asc fun(self): moonpool.sql.Expression
---@field desc fun(self): moonpool.sql.Expression
---@field nulls_first fun(self): moonpool.sql.Expression
---@field nulls_last fun(self): moonpool.sql.Expression
---@field distinct fun(self): moonpool.sql.Expression
---@field filter fun(self, condition: moonpool.sql.Expression): moonpool.sql.Expression
---@field order_by fun(self, ...: moonpool.sql.Expression): moonpool.sql.Expression
---@field within_group fun(self, ...: moonpool.sql.Expression): moonpool.sql.Expression
---@field over fun(self, window?: string|table): moonpool.sql.Expression
---@field op fun(self, sign: string, value: any, type?: string): moonpool.sql.Expression
---@field with_ordinality fun(self): moonpool.sql.Expression
---@field as fun(self, name: string, columns?: table): any
---@field sql fun(self): string, table

---What all statements end in; `db` is an engine, connection, transaction or pipeline.
---@class moonpool.sql.Statement
---@field sql fun(self, db?: table): string, table
---@field as fun(self, alias: string, names?: string[]): table
---@field with fun(self, name: string|table, query?: table, options?: table): self
---@field with_recursive fun(self, name: string, query: table, options?: table): self
local Statement = {}

---@async
---@return table[]
function Statement:all(db) end

---@async
---@return table?
function Statement:one(db) end

---@async
---@return table
function Statement:get(db) end

---@async
---@return any
function Statement:value(db) end

---@async
---@return any[]
function Statement:column(db) end

---@async
---@return any[][]
function Statement:tuples(db) end

---@async
---@return integer
function Statement:exec(db) end

---@async
---@return fun(): table?
function Statement:stream(db) end

---@async
---@param options? { batch: integer, hold: boolean, scroll: boolean }
---@return moonpool.Cursor
function Statement:cursor(db, options) end

---@async
---@param options? table
---@return moonpool.Plan
function Statement:explain(db, options) end

---Reads: selects, set operations and values.
---@class moonpool.sql.Query: moonpool.sql.Statement
---@field order_by fun(self, ...: any): self
---@field unordered fun(self): self
---@field reversed fun(self): self
---@field unlimited fun(self): self
---@field limit fun(self, rows: any): self
---@field offset fun(self, rows: any): self
---@field fetch fun(self, rows: any, options?: { with_ties: boolean }): self
---@field union fun(self, ...: table): moonpool.sql.Query
---@field union_all fun(self, ...: table): moonpool.sql.Query
---@field intersect fun(self, ...: table): moonpool.sql.Query
---@field intersect_all fun(self, ...: table): moonpool.sql.Query
---@field except fun(self, ...: table): moonpool.sql.Query
---@field except_all fun(self, ...: table): moonpool.sql.Query
local Query = {}

---@async
---@return table?
function Query:first(db) end

---@async
---@return integer|moonpool.sql.Query  without `db` the select that counts
function Query:count(db) end

---@async
---@return boolean
function Query:exists(db) end

---@class moonpool.sql.Select: moonpool.sql.Query
---@field from fun(self, ...: any): self
---@field where fun(self, ...: any): self
---@field join fun(self, table: any, on: any): self
---@field inner_join fun(self, table: any, on: any): self
---@field left_join fun(self, table: any, on: any): self
---@field right_join fun(self, table: any, on: any): self
---@field full_join fun(self, table: any, on: any): self
---@field cross_join fun(self, table: any): self
---@field natural_join fun(self, table: any): self
---@field natural_left_join fun(self, table: any): self
---@field natural_right_join fun(self, table: any): self
---@field natural_full_join fun(self, table: any): self
---@field lateral fun(self, table: any, alias?: string): self
---@field join_lateral fun(self, table: any, alias?: any, on?: any): self
---@field left_join_lateral fun(self, table: any, alias?: any, on?: any): self
---@field group_by fun(self, ...: any): self
---@field group_by_distinct fun(self, ...: any): self
---@field having fun(self, ...: moonpool.sql.Expression): self
---@field window fun(self, name: string, window: table): self
---@field unfiltered fun(self): self
---@field ungrouped fun(self): self
---@field distinct fun(self): self
---@field distinct_on fun(self, ...: any): self
---@field columns_added fun(self, columns: any[]): self
---@field columns_replaced fun(self, columns: any[]): self
---@field for_update fun(self, options?: { of: any, skip_locked: boolean, nowait: boolean }): self
---@field for_no_key_update fun(self, options?: table): self
---@field for_share fun(self, options?: table): self
---@field for_key_share fun(self, options?: table): self
