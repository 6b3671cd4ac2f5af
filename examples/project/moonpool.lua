-- moonpool.lua - what the command must know of this project.
return {
  lua_path = "?.lua",
  models = "models",
  migrations = "migrations",
}
