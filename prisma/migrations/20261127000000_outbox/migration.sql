-- The table of messages to publish is named after the pattern: outbox. Grants stay with the renamed table.
ALTER TABLE "publication" RENAME TO "outbox";
ALTER TABLE "instance_exists" RENAME COLUMN "publication_id" TO "outbox_id";
ALTER TABLE "image_exists" RENAME COLUMN "publication_id" TO "outbox_id";

ALTER SEQUENCE "publication_id_seq" RENAME TO "outbox_id_seq";
ALTER TABLE "outbox" RENAME CONSTRAINT "publication_pkey" TO "outbox_pkey";
ALTER INDEX "publication_service_key_key" RENAME TO "outbox_service_key_key";
ALTER INDEX "publication_send_status_id_idx" RENAME TO "outbox_send_status_id_idx";
ALTER INDEX "instance_exists_publication_id_idx" RENAME TO "instance_exists_outbox_id_idx";
ALTER INDEX "image_exists_publication_id_idx" RENAME TO "image_exists_outbox_id_idx";

-- PostgreSQL 18 also names its NOT NULL constraints after the table.
DO $$
DECLARE
  name TEXT;
BEGIN
  FOR name IN SELECT conname FROM pg_constraint
               WHERE conrelid = 'outbox'::regclass AND contype = 'n' AND conname LIKE 'publication\_%' LOOP
    EXECUTE format('ALTER TABLE outbox RENAME CONSTRAINT %I TO %I', name, replace(name, 'publication_', 'outbox_'));
  END LOOP;
END
$$;
