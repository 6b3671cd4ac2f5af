-- The options of a sequence, whether it stands alone or makes an identity column's values.
return {
  { name = "start", kind = "integer" },
  { name = "increment", kind = "integer" },
  { name = "min", kind = "integer" },
  { name = "max", kind = "integer" },
  { name = "cache", kind = "integer", min = 1 },
  { name = "cycle", kind = "boolean" },
}
