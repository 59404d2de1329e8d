-- The instances that exist, for the comparison with nova.
CREATE INDEX "lifecycle_existing_idx" ON "lifecycle"("instance") WHERE "launched_at" IS NOT NULL AND "deleted_at" IS NULL;
