-- base_repository.lua - what every repository of the archive can do besides its own questions.
local mp = require "moonpool"

local WALK_ROWS = 500

---A repository's class with the archive's common methods.
---@param model moonpool.Model
---@param options { order: (string | string[])? }?
---@return moonpool.Repository
return function(model, options)
  local Repository = mp.repository(model, options)

  ---Each row in the repository's order, read page by page: `for package in packages:each() do`.
  ---Rows that come or go meanwhile disturb nothing, since each page goes on after the last row.
  ---@async
  ---@param size integer?  rows read at once
  ---@return fun(): table?
  function Repository:each(size)
    local page, position = nil, 0
    return function()
      position = position + 1
      if not page or (position > #page.items and page.next) then
        page, position = self:page { size = size or WALK_ROWS, after = page and page.next }, 1
      end
      return page.items[position]
    end
  end

  return Repository
end
