#!/usr/bin/env lua5.4
-- gen_sqlstate.lua - makes runtime/base/sqlstate.c of PostgreSQL's errcodes.txt; --check compares.
--
-- Minor releases add conditions, and servers of every release are talked to: what the file already
-- names stays.

local ERRCODES = os.getenv("MOONPOOL_ERRCODES") or "/usr/share/postgresql/15/errcodes.txt"
local ROOT = arg[0]:match("^(.*)/scripts/[^/]*$") or "."
local OUTPUT = ROOT .. "/runtime/base/sqlstate.c"

local TEMPLATE = [[
/* sqlstate.c - the condition name of each SQLSTATE; made by scripts/gen_sqlstate.lua. */
#include "base/sqlstate.h"

#include <stdlib.h>
#include <string.h>

typedef struct condition {
  char sqlstate[6];
  const char *name;
} condition;

/* clang-format off */
static const condition conditions[] = { /* sorted by sqlstate */
%s
};
/* clang-format on */

static int compare(const void *sqlstate, const void *entry) {
  return strncmp(sqlstate, ((const condition *)entry)->sqlstate, 5);
}

const char *mp__sqlstate_name(const char sqlstate[5]) {
  const size_t count = sizeof(conditions) / sizeof(conditions[0]);
  const condition *found =
      bsearch(sqlstate, conditions, count, sizeof(conditions[0]), compare);
  return found == NULL ? NULL : found->name;
}
]]

-- Some SQLSTATEs have several names (deprecated ones follow); the first is the one PL/pgSQL shows.
local function add_names(names, lines)
  local seen = {}
  for line in lines do
    local state, name = line:match("^(%w%w%w%w%w)%s+[EWS]%s+ERRCODE_%S+%s+([%w_]+)%s*$")
    if state and not seen[state] then
      names[state], seen[state] = name, true
    end
  end
end

local function add_known(names, text)
  for state, name in text:gmatch '{ "(%w+)", "([%w_]+)" }' do names[state] = name end
end

local function render(names)
  local states, rows = {}, {}
  for state in pairs(names) do states[#states + 1] = state end
  table.sort(states)
  for _, state in ipairs(states) do
    rows[#rows + 1] = ('    { "%s", "%s" },'):format(state, names[state])
  end
  return TEMPLATE:format(table.concat(rows, "\n"))
end

local function read_file(path)
  local file <close> = io.open(path, "rb")
  return file and file:read("a")
end

local function main(mode)
  if not io.open(ERRCODES) then
    io.stderr:write("gen_sqlstate: no ", ERRCODES, "; skipped (Debian: postgresql-15)\n")
    return mode == "--check"
  end
  local names, known = {}, read_file(OUTPUT) or ""
  add_known(names, known)
  add_names(names, io.lines(ERRCODES))
  local text = render(names)
  if mode == "--check" then
    if known == text then return true end
    io.stderr:write("runtime/base/sqlstate.c is out of date; run scripts/gen_sqlstate.lua\n")
    return false
  end
  local file <close> = assert(io.open(OUTPUT, "wb"))
  return assert(file:write(text)) ~= nil
end

os.exit(main(...))
