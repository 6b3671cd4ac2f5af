-- .luacheckrc - what the Lua linter refuses.
std = "lua54"
self = false
max_line_length = 100
max_cyclomatic_complexity = 10
ignore = { "212/_.*" }
files["spec"] = { std = "+busted" }
exclude_files = { "lua/moonpool/_meta", "build", ".moonpool" }
