-- Finds the module that declares a table's model: `models.user` declares `users`.
local singular = require "moonpool.util.singular"

local model_module = {}

-- Where the project's models are, as `require` says it.
local prefix = "models."

---The module prefix of a directory that one of the templates reaches; nil where none does.
---@param directory string
---@param templates string  as package.path has them
---@return string?
function model_module.prefix_of(directory, templates)
  local path = directory:gsub("/+$", "") .. "/"
  for template in templates:gmatch "[^;]+" do
    local root = template:match "^(.-)%?"
    if root and path:sub(1, #root) == root then return (path:sub(#root + 1):gsub("/+", ".")) end
  end
end

---@param directory string
---@param templates string
function model_module.set_directory(directory, templates)
  prefix = model_module.prefix_of(directory, templates) or prefix
end

---Loads the module that declares the table, if there is one by that name.
---@param table_name string
---@return boolean
function model_module.load(table_name)
  for _, name in ipairs { singular(table_name), table_name } do
    if package.searchpath(prefix .. name, package.path) then
      require(prefix .. name)
      return true
    end
  end
  return false
end

return model_module
