-- behaviour.lua - triggers, policies, grants and cycles as declared, and what the catalogue says.
local c = require "moonpool.column"
local mp = require "moonpool"
local table_of = require "spec.support.schema_cases.table_of"

local TRIGGER = [[
select concat_ws(' ', replace(pg_get_triggerdef(oid), 'objects_s.', ''), tgenabled::text,
    '-- ' || obj_description(oid, 'pg_trigger')) from pg_trigger where tgname = 'tr']]

local POLICY = [[
select concat_ws(' ', polpermissive, polcmd::text, (select string_agg(coalesce(rolname, 'public'),
  ',')
      from unnest(polroles) r left join pg_roles on pg_roles.oid = r),
    pg_get_expr(polqual, polrelid), 'check', pg_get_expr(polwithcheck, polrelid),
    '-- ' || obj_description(p.oid, 'pg_policy'), relrowsecurity, relforcerowsecurity)
  from pg_policy p join pg_class c on c.oid = polrelid where polname = 'p']]

local function acl(of)
  return ([[select string_agg(concat(privilege_type, case when is_grantable then '*' end), ',')
    from (%s) a cross join aclexplode(acl) where grantee = 'pg_monitor'::regrole]]):format(of)
end

local TABLE_ACL = acl "select relacl as acl from pg_class where oid = 't'::regclass"

local stamp = mp.func("stamp", { returns = "trigger", language = "plpgsql",
  body = "begin return new; end" })

local function model(...)
  return table_of { "t", c.int4 "a", c.text "b", ... }
end

local function trigger(given)
  given.execute = given.execute or "stamp"
  given.table = given.table or "t"
  return { mp.trigger("tr", given), model(), stamp, mp.view("w", "select a from t") }
end

local function policy(given, ...)
  return { mp.policy("p", given), table_of { "t", c.int4 "a", row_security = ... } }
end

local function grant(given, object)
  given.to = "pg_monitor"
  return { mp.grant(given), object or model() }
end

return {
  { trigger { when = "before", events = { "insert" } }, TRIGGER,
    "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stamp() O" },
  { trigger { when = "after", events = "delete", each = "statement", comment = "why" }, TRIGGER,
    "CREATE TRIGGER tr AFTER DELETE ON t FOR EACH STATEMENT EXECUTE FUNCTION stamp() O -- why" },
  { trigger { when = "before", events = { "insert", "update" }, columns = { "a", "b" } }, TRIGGER,
    "CREATE TRIGGER tr BEFORE INSERT OR UPDATE OF a, b ON t FOR EACH ROW "
    .. "EXECUTE FUNCTION stamp() O" },
  { trigger { when = "after", events = "truncate", each = "statement", enabled = false }, TRIGGER,
    "CREATE TRIGGER tr AFTER TRUNCATE ON t FOR EACH STATEMENT EXECUTE FUNCTION stamp() D" },
  { trigger { when = "before", events = "update",
    condition = "old.a <> new.a", enabled = "always" },
    TRIGGER, "CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN ((old.a <> new.a)) "
    .. "EXECUTE FUNCTION stamp() A" },
  { trigger { when = "before", events = "insert", arguments = { "x",
    "it's" }, enabled = "replica" },
    TRIGGER, "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION "
    .. "stamp('x', 'it''s') R" },
  { trigger { when = "after", events = "update", referencing = { old_table = "gone",
    new_table = "come" }, each = "statement" }, TRIGGER, "CREATE TRIGGER tr AFTER UPDATE ON t "
    .. "REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT "
    .. "EXECUTE FUNCTION stamp() O" },
  { trigger { when = "after", events = "insert", constraint = true, deferrable = true }, TRIGGER,
    "CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
    .. "EXECUTE FUNCTION stamp() O" },
  { trigger { when = "instead of", events = { "insert", "update", "delete" }, table = "w" },
    TRIGGER,
    "CREATE TRIGGER tr INSTEAD OF INSERT OR DELETE OR UPDATE ON w FOR EACH ROW "
    .. "EXECUTE FUNCTION stamp() O" },
  { { model(mp.trigger("tr", { when = "before", events = "insert", execute = "objects_s.stamp" })),
    stamp }, TRIGGER,
    "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stamp() O" },

  { policy { table = "t", using = "a > 0" }, POLICY, "t * public (a > 0) check f f" },
  { policy({ table = "t", using = "a > 0", check = "a > 1", as = "restrictive", command = "update",
    to = "pg_monitor" }, true), POLICY, "f w pg_monitor (a > 0) check (a > 1) t f" },
  { policy({ table = "t", check = "true", command = "insert", to = { "pg_monitor",
    "pg_signal_backend" }, comment = "why" }, "force"), POLICY,
    "t a pg_monitor,pg_signal_backend check true -- why t t" },
  { policy({ table = "t", using = mp.sql "a = 1", command = "select" }), POLICY,
    "t r public (a = 1) check f f" },
  { policy({ table = "t", using = "true", command = "delete" }), POLICY,
    "t d public true check f f" },
  { { model(mp.policy("p", { using = "a = 1" })) }, POLICY, "t * public (a = 1) check t f" },

  { grant { "select", on = "t" }, TABLE_ACL, "SELECT" },
  { grant { "select", "insert", on = "t", with_grant_option = true }, TABLE_ACL,
    "INSERT*,SELECT*" },
  { grant { "all", on = "objects_s.t" }, TABLE_ACL,
    "INSERT,SELECT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER"
    .. "|INSERT,SELECT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER,MAINTAIN" }, -- since release 17
  { { model(mp.grant { "delete", to = "pg_monitor" }) }, TABLE_ACL, "DELETE" },
  { grant { "select", "update", on = "t", columns = { "a" } }, acl [[select attacl as acl
    from pg_attribute where attrelid = 't'::regclass and attname = 'a']], "SELECT,UPDATE" },
  { grant({ "usage", on = "s", kind = "sequence" }, mp.sequence "s"),
    acl "select relacl as acl from pg_class where oid = 's'::regclass", "USAGE" },
  { grant({ "usage", on = "m", kind = "type" }, mp.enum("m", { "x" })),
    acl "select typacl as acl from pg_type where oid = 'm'::regtype", "USAGE" },
  { grant({ "execute", on = "f", kind = "func", args = "int4" }, mp.func("f", { args = "a int4",
    returns = "int4", body = "select 1" })),
    acl "select proacl as acl from pg_proc where proname = 'f'", "EXECUTE" },
  { grant({ "usage", on = "objects_other", kind = "schema" }, mp.schema "objects_other"),
    acl "select nspacl as acl from pg_namespace where nspname = 'objects_other'", "USAGE" },
  { grant { "select", on = "objects_s", kind = "all tables" }, TABLE_ACL, "SELECT" },
  { { mp.grant { "execute", on = "f", kind = "func", to = "public", revoke = true }, mp.func("f",
    { returns = "int4", body = "select 1" }) }, [[select count(*)::text
    from pg_proc cross join aclexplode(proacl) x where proname = 'f' and x.grantee = 0]], "0" },
}
