-- The version of Moonpool.
return "0.1.0"
