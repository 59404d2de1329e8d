-- A role that can only read: grant it to the user of DATABASE_READ_URL. A role belongs to the whole cluster, so it may be
-- there already, or be made by another database's migration at this moment. Messages that were rejected are kept as they came,
-- secrets included: they are none of its business.
DO $$
DECLARE
  grants CONSTANT TEXT := format(
    'GRANT USAGE ON SCHEMA %1$I TO stacktach_read; '
    'GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO stacktach_read; '
    'REVOKE ALL ON TABLE %1$I.rejected_message FROM stacktach_read; '
    'ALTER DEFAULT PRIVILEGES FOR ROLE %2$I IN SCHEMA %1$I GRANT SELECT ON TABLES TO stacktach_read',
    current_schema(), current_user);
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stacktach_read') THEN
    BEGIN
      CREATE ROLE stacktach_read NOLOGIN;
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  EXECUTE grants;
EXCEPTION
  WHEN insufficient_privilege THEN
    RAISE WARNING 'The role stacktach_read, which can only read, could not be made: %', SQLERRM
      USING HINT = format(
        'A user with CREATEROLE runs, in this database: CREATE ROLE stacktach_read NOLOGIN; then the owner of the tables: %s;',
        grants);
END
$$;
