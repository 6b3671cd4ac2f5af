-- lexer_spec.lua - random statements: the parameters we see are those that the server sees.
local fewer = require "spec.support.fewer"
local full = require "spec.support.full"
local mp = require "moonpool"
local seed = require "spec.support.seed"

local TEXTS = full(fewer(1000, 300), 100000)

local function pick(list)
  return list[math.random(#list)]
end

-- What looks like a parameter, a quote or a comment where it is none.
local NOISE = { ":no", "$9", "'':no''", "--", "/*", "*/", ";", "::int", ":=", "?", "[1:2]", "$$",
  "\\", "a", " ", "é", "\n", "$no$", '"' }

local function noise(excluded)
  local parts = {}
  for i = 1, math.random(0, 5) do
    local part = pick(NOISE)
    for _, text in ipairs(excluded) do
      if part:find(text, 1, true) then part = "x" end
    end
    parts[i] = part
  end
  return table.concat(parts)
end

local function quoted(text)
  return (text:gsub("'", "''"))
end

local tag_count = 0
local function dollar_quoted()
  tag_count = tag_count + 1
  local tag = pick { "", "t" .. tag_count, "_", "é" }
  return ("$%s$%s$%s$"):format(tag, noise { "$" }, tag)
end

local function comment()
  return pick {
    function() return "-- " .. noise { "\n" } .. "\n" end,
    function()
      return "/* " .. noise { "/*", "*/" } .. " /* " .. noise { "/*", "*/" } .. "*/ :no */"
    end,
    function() return " " end,
    function() return "\t\n" end,
  } ()
end

-- A parameter: one of a few names, whose value is its name.
local function param(names)
  local name = pick { "a", "B", "_c", "long_name9", "é", "select", "x1" }
  names[name] = name
  return ":" .. name .. pick { "::text", " ::text", "\n::\ntext" }
end

-- Leaves are expressions of type text.
local leaves = {
  param, param, param, param,
  function() return "'" .. quoted(noise {}) .. "'::text" end,
  function() return "E'" .. quoted((noise { "\\" })) .. "\\'\\\\:no'::text" end,
  function() return "U&'" .. quoted(noise { "\\" }) .. "\\0041:no'" end,
  function() return "u&'d!0061:no' uescape '!'" end,
  function() return dollar_quoted() end,
  function() return "B'0101'::text" end,
  function() return "x'1f'::text" end,
  function() return "n'" .. quoted(noise {}) .. "'::text" end,
  function() return "'a'\n':no'" end,
  function() return "1::text" end,
  function() return pick { "1.5e-3", ".5", "1.", "1e5", "0.5E+2" } .. "::text" end,
  function() return '"q:no$1""x"' end,
  function() return "i$1" end,
  function() return "(arr[1:2])[1]" end,
  function() return "arr[:lo]" end,
  function() return "f(x := 'y')" end,
  function() return "f(x=>'y')" end,
}

local function leaf(names)
  local made = pick(leaves)(names)
  if made == "arr[:lo]" then
    names.lo = 1
    return "(arr[:lo])::text"
  end
  if made:find("^f%(") then return "concat('f')" end
  return made
end

local expression

local nodes = {
  function(names)
    return expression(names, 1) .. comment() .. "||" .. comment() .. expression(names, 1)
  end,
  function(names) return "(" .. expression(names, 1) .. ")" end,
  function(names) return "upper(" .. comment() .. expression(names, 1) .. ")" end,
  function(names)
    return "case when " .. expression(names, 1) .. "='x' then " .. expression(names, 1)
      .. " else 'y' end"
  end,
  function(names) return "(array[" .. expression(names, 1) .. "," .. comment() .. "'b'])[1]" end,
  function(names) return "(arr[1:" .. "length(" .. expression(names, 1) .. ")])[1]" end,
  function(names) return "(('{\"k\":1}'::jsonb ? " .. expression(names, 1) .. ")::text)" end,
  function(names)
    return "(('{\"k\":1}'::jsonb ?| array[" .. expression(names, 1) .. "])::text)"
  end,
  function(names) return "('{\"k\":1}'::jsonb->>" .. expression(names, 1) .. ")" end,
  function(names)
    return "(jsonb_path_query_first('{\"k\":1}', '$.k ? (@ > 0)')::text||"
      .. expression(names, 1) .. ")"
  end,
  function(names) return "overlay(" .. expression(names, 1) .. " placing 'x' from 1 for 1)" end,
  function(names) return "cast(" .. expression(names, 1) .. " as text)" end,
  function(names) return "(make_interval(days:=length(" .. expression(names, 1) .. "))::text)" end,
  function(names)
    return "(make_interval(days => length(" .. expression(names, 1) .. "))::text)"
  end,
  function(names) return "(select " .. expression(names, 1) .. ")" end,
  function(names) return "(2*-length(" .. expression(names, 1) .. "))::text" end,
}

function expression(names, depth)
  if depth > 0 and math.random() < 0.6 then return leaf(names) end
  if math.random() < 0.3 then return leaf(names) end
  return pick(nodes)(names)
end

local FROM = [[ from (values (array['p', 'q', 'r'], 'i'::text, 'q'::text))
  t(arr, i$1, "q:no$1""x")]]

local function statement()
  local names, columns = {}, {}
  for i = 1, math.random(1, 3) do
    local label = pick { "", ' as "c:no' .. i .. '"', " c" .. i }
    columns[i] = expression(names, 0) .. comment() .. label
  end
  local head = pick { "", comment(), "with w as (select 1 as \"x:no\") " }
  local tail = FROM .. comment() .. pick { "", ";", ";;" }
  return head .. "select " .. table.concat(columns, ",") .. tail, names
end

describe("the parameters of a random statement", function()
  it("are the same for us and for the server", function()
    seed.set "lexer"
    local db <close> = mp.engine(nil, { pool = { max = 1 }, prepare = "unnamed" })
    local compared = 0
    for i = 1, TEXTS do
      local sql, names = statement()
      local has_any = next(names) ~= nil
      local ok, err
      if has_any then
        ok, err = pcall(db.tuples, db, sql, names)
      else
        ok, err = pcall(db.tuples, db, sql)
      end
      assert(ok, ("text %d:\n%s\n%s"):format(i, sql, tostring(err)))
      compared = compared + 1
    end

    assert.equal(TEXTS, compared)
  end)
end)
