-- A delete can be replaced by a later one, or undone by a restore. Only effective deletes are listed.
ALTER TABLE "instance_delete" ADD COLUMN "status" TEXT NOT NULL DEFAULT 'deleted';
ALTER TABLE "instance_delete" ADD COLUMN "effective" BOOLEAN NOT NULL DEFAULT true;
DROP INDEX "instance_delete_deleted_at_id_idx";
CREATE INDEX "instance_delete_effective_deleted_at_id_idx" ON "instance_delete"("effective", "deleted_at", "id");

-- A launch remembers the format and the time of its last notification, and the values that its request reported.
-- Constant defaults do not rewrite the table. Rows of earlier versions get their values when they are folded again.
ALTER TABLE "instance_launch" ADD COLUMN "versioned" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "instance_launch" ADD COLUMN "last_when" BIGINT;
ALTER TABLE "instance_launch" ADD COLUMN "reported" JSONB NOT NULL
  DEFAULT '{"launchedAt":[],"instanceTypeId":[],"instanceFlavorId":[]}';

-- An activation takes precedence over a notification that only reports an active image.
ALTER TABLE "image_usage" ADD COLUMN "priority" BIGINT;
UPDATE "image_usage" SET "priority" = "when";
ALTER TABLE "image_usage" ALTER COLUMN "priority" SET NOT NULL;
