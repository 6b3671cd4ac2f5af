-- plot.lua - an SVG of bars: each peer's wall time as a multiple of the limit's, on a log scale.
local markdown = require "bench.markdown"

local plot = {}

local WIDTH, LABEL_WIDTH, VALUE_WIDTH = 770, 200, 60
local BAR, GAP, TITLE, MARGIN = 12, 5, 30, 12
local LOW, HIGH = 0.25, 128

local STYLE = [[
<style>
text { font: 12px sans-serif; fill: #222 } .title { font-weight: bold }
.label { text-anchor: end } .bar { fill: #b8c4cc } .limit { fill: #7c8b95 } .ours { fill: #d9822b }
.one { stroke: #222; stroke-dasharray: 2 3 }
</style>
]]

local function escape(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

local function x_of(ratio)
  local share = math.log(math.max(LOW, math.min(HIGH, ratio)) / LOW) / math.log(HIGH / LOW)
  return LABEL_WIDTH + share * (WIDTH - LABEL_WIDTH - VALUE_WIDTH)
end

local function class_of(name)
  if name:find "^Moonpool" then return "ours" end
  return name:find "^C libpq" and "limit" or "bar"
end

local function bar(out, y, summary)
  local x = x_of(summary.ratio)
  out[#out + 1] = ('<text class="label" x="%d" y="%d">%s</text>\n'):format(LABEL_WIDTH - 6,
    y + BAR - 2, escape(summary.name))
  out[#out + 1] = ('<rect class="%s" x="%d" y="%d" width="%.1f" height="%d"/>\n'):format(
    class_of(summary.name), LABEL_WIDTH, y, x - LABEL_WIDTH, BAR)
  out[#out + 1] = ('<text x="%.1f" y="%d">%.2fx</text>\n'):format(x + 5, y + BAR - 2,
    summary.ratio)
end

local function panel(out, y, workload, ranking)
  out[#out + 1] = ('<text class="title" x="%d" y="%d">%s</text>\n'):format(MARGIN, y + TITLE - 10,
    escape(workload.title))
  local top = y + TITLE
  y = top
  for _, summary in ipairs(ranking) do
    if summary.ratio then
      bar(out, y, summary)
      y = y + BAR + GAP
    end
  end
  out[#out + 1] = ('<line class="one" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>\n'):format(x_of(1),
    x_of(1), top - 3, y)
  return y
end

---@param read bench.Results
---@param workloads table[]
---@return string
function plot.svg(read, workloads)
  local out, y = {}, MARGIN
  for _, workload in ipairs(workloads) do
    local ranking = markdown.ranking(read, workload)
    if #ranking > 0 then y = panel(out, y, workload, ranking) end
  end
  local open = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d">\n'
  return open:format(WIDTH, y + MARGIN, WIDTH) .. STYLE
    .. '<rect width="100%" height="100%" fill="#fff"/>\n' .. table.concat(out) .. "</svg>\n"
end

return plot
