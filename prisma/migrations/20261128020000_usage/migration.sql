-- When an instance existed, and where. Rows of earlier versions get their values when they are folded again.
ALTER TABLE "lifecycle" ADD COLUMN "launched_at" BIGINT;
ALTER TABLE "lifecycle" ADD COLUMN "deleted_at" BIGINT;
ALTER TABLE "lifecycle" ADD COLUMN "tenant" TEXT;
ALTER TABLE "lifecycle" ADD COLUMN "host" TEXT;
ALTER TABLE "lifecycle" ADD COLUMN "deployment_id" INTEGER;
-- The instances of a tenant that existed in a period: those that exist, and those deleted since its beginning.
CREATE INDEX "lifecycle_tenant_deleted_at_idx" ON "lifecycle"("tenant", "deleted_at") WHERE "launched_at" IS NOT NULL;
-- Rows of earlier versions: empty after a refold.
CREATE INDEX "lifecycle_unknown_idx" ON "lifecycle"("instance") WHERE "deployment_id" IS NULL;

-- The latest whole audit period that nova reported, by which the next ones are known.
ALTER TABLE "deployment" ADD COLUMN "audit_beginning" BIGINT;
ALTER TABLE "deployment" ADD COLUMN "audit_ending" BIGINT;

CREATE TABLE "job_position" (
    "job" TEXT NOT NULL,
    "instant" BIGINT NOT NULL,

    CONSTRAINT "job_position_pkey" PRIMARY KEY ("job")
);

CREATE TABLE "missing_exists" (
    "instance" TEXT NOT NULL,
    "from" BIGINT NOT NULL,
    "until" BIGINT NOT NULL,
    "deployment_id" INTEGER NOT NULL,
    "host" TEXT,
    "tenant" TEXT,

    CONSTRAINT "missing_exists_pkey" PRIMARY KEY ("instance", "from")
);
CREATE INDEX "missing_exists_until_instance_from_idx" ON "missing_exists"("until", "instance", "from");

CREATE TABLE "usage_closed" (
    "day" BIGINT NOT NULL,

    CONSTRAINT "usage_closed_pkey" PRIMARY KEY ("day")
);

CREATE TABLE "usage_day" (
    "instance" TEXT NOT NULL,
    "day" BIGINT NOT NULL,
    "sums" JSON NOT NULL,
    "final" BOOLEAN NOT NULL,

    CONSTRAINT "usage_day_pkey" PRIMARY KEY ("instance", "day")
);
CREATE INDEX "usage_day_day_idx" ON "usage_day"("day");

CREATE TABLE "usage_changed" (
    "id" BIGSERIAL NOT NULL,
    "instance" TEXT NOT NULL,
    "from" BIGINT NOT NULL,
    "until" BIGINT NOT NULL,

    CONSTRAINT "usage_changed_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "usage_correction" (
    "id" BIGSERIAL NOT NULL,
    "at" BIGINT NOT NULL,
    "day" BIGINT NOT NULL,
    "instance" TEXT NOT NULL,
    "tenant" TEXT,
    "deployment_id" INTEGER NOT NULL,
    "flavor" TEXT,
    "flavor_name" TEXT,
    "memory_mb" BIGINT,
    "before" BIGINT NOT NULL,
    "after" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "confirmed" BOOLEAN NOT NULL,

    CONSTRAINT "usage_correction_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "usage_correction_tenant_id_idx" ON "usage_correction"("tenant", "id");
