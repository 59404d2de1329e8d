-- What the billing system said about an exists. `send_status` stays the broker's word. No column rewrites its table.
ALTER TABLE "instance_exists"
  ADD COLUMN "confirm_status" INTEGER,
  ADD COLUMN "event_id" TEXT,
  ADD COLUMN "confirmed_at" BIGINT,
  ADD COLUMN "repaired" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "image_exists"
  ADD COLUMN "confirm_status" INTEGER,
  ADD COLUMN "event_id" TEXT,
  ADD COLUMN "confirmed_at" BIGINT,
  ADD COLUMN "repaired" BOOLEAN NOT NULL DEFAULT false;

-- Billing systems confirm by message id.
CREATE INDEX "instance_exists_message_id_idx" ON "instance_exists"("message_id");
CREATE INDEX "image_exists_message_id_idx" ON "image_exists"("message_id");
CREATE INDEX "outbox_original_message_id_idx" ON "outbox"("original_message_id");

-- Lists of a period in the order of ids, and of a tenant. Exists are rarely listed by the times of their instance, so these have
-- no index: each index makes all writes of an exists slower.
CREATE INDEX "instance_exists_audit_period_beginning_id_idx" ON "instance_exists"("audit_period_beginning", "id");
CREATE INDEX "instance_exists_tenant_id_idx" ON "instance_exists"("tenant", "id");
CREATE INDEX "instance_launch_launched_at_id_idx" ON "instance_launch"("launched_at", "id");
CREATE INDEX "instance_delete_launched_at_id_idx" ON "instance_delete"("launched_at", "id");

-- A role that writes what a billing system says, and nothing else: grant it to the user of DATABASE_CONFIRM_URL. As with
-- stacktach_read, another database's migration may make it at this moment.
DO $$
DECLARE
  grants CONSTANT TEXT := format(
    'GRANT USAGE ON SCHEMA %1$I TO stacktach_confirm; '
    'GRANT SELECT ON TABLE %1$I.instance_exists, %1$I.image_exists, %1$I.outbox, %1$I.tenant_info, %1$I.tenant_type, '
      '%1$I.setting TO stacktach_confirm; '
    'GRANT UPDATE (confirm_status, event_id, confirmed_at, repaired) '
      'ON TABLE %1$I.instance_exists, %1$I.image_exists TO stacktach_confirm; '
    'GRANT INSERT, UPDATE (send_status, sent_at) ON TABLE %1$I.outbox TO stacktach_confirm; '
    'GRANT USAGE ON SEQUENCE %1$I.outbox_id_seq TO stacktach_confirm; '
    'GRANT INSERT, UPDATE ON TABLE %1$I.tenant_info TO stacktach_confirm; '
    'GRANT INSERT, UPDATE, DELETE ON TABLE %1$I.tenant_type TO stacktach_confirm',
    current_schema());
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stacktach_confirm') THEN
    BEGIN
      CREATE ROLE stacktach_confirm NOLOGIN;
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  EXECUTE grants;
EXCEPTION
  WHEN insufficient_privilege THEN
    RAISE WARNING 'The role stacktach_confirm, which writes confirmations, could not be made: %', SQLERRM
      USING HINT = format(
        'A user with CREATEROLE runs, in this database: CREATE ROLE stacktach_confirm NOLOGIN; then the owner of the tables: %s;',
        grants);
END
$$;
