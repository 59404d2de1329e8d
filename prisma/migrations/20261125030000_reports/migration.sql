-- AlterTable
ALTER TABLE "report" ADD COLUMN "parameters" JSON NOT NULL DEFAULT '{}';

-- CreateIndex
CREATE INDEX "instance_exists_audit_period_ending_idx" ON "instance_exists"("audit_period_ending");

-- CreateIndex
CREATE INDEX "image_exists_audit_period_beginning_idx" ON "image_exists"("audit_period_beginning");
