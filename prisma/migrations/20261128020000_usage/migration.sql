-- When an instance existed, and where. Rows of earlier versions get their values when they are folded again.
ALTER TABLE "lifecycle" ADD COLUMN "launched_at" BIGINT;
ALTER TABLE "lifecycle" ADD COLUMN "deleted_at" BIGINT;
ALTER TABLE "lifecycle" ADD COLUMN "tenant" TEXT;
ALTER TABLE "lifecycle" ADD COLUMN "host" TEXT;
ALTER TABLE "lifecycle" ADD COLUMN "deployment_id" INTEGER;
-- The instances of a tenant that existed in a period: those that exist, and those deleted since its beginning.
CREATE INDEX "lifecycle_tenant_deleted_at_idx" ON "lifecycle"("tenant", "deleted_at") WHERE "launched_at" IS NOT NULL;
CREATE INDEX "lifecycle_deleted_at_idx" ON "lifecycle"("deleted_at") WHERE "launched_at" IS NOT NULL;
