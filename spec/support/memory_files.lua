-- A file system of tables for specs: what is listed, read and written stays in memory.
local memory_files = {}

local function names_in(path, set, names)
  for full in pairs(set) do
    local name = full:match("^" .. path:gsub("%p", "%%%0") .. "/([^/]+)$")
    if name then names[#names + 1] = name end
  end
end

---@param files table<string, string>  texts by path
---@return table  `list read write make_directory`, and the tables `files` and `directories`
function memory_files.new(files)
  local fs = { files = files, directories = {} }

  function fs.list(path)
    if not fs.directories[path] then return nil, "No such file or directory" end
    local names = {}
    names_in(path, fs.files, names)
    names_in(path, fs.directories, names)
    table.sort(names)
    return names
  end

  function fs.read(path)
    if fs.directories[path] then return nil, "Is a directory" end
    return fs.files[path], "No such file or directory"
  end

  function fs.write(path, text)
    fs.files[path] = text
    return true
  end

  function fs.make_directory(path)
    fs.directories[path] = true
    return true
  end

  return fs
end

return memory_files
