-- moonpool.lua - the package archive that this repository holds as a Moonpool project.
return {
  lua_path = "lua/?.lua;lua/?/init.lua",
  models = "lua/models",
  migrations = "migrations",
}
