-- AlterTable
ALTER TABLE "notification_partition" ADD COLUMN "sealed" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "horizon" (
    "kind" TEXT NOT NULL,
    "instant" BIGINT NOT NULL,

    CONSTRAINT "horizon_pkey" PRIMARY KEY ("kind")
);

-- CreateTable
CREATE TABLE "instance_boundary" (
    "instance" TEXT NOT NULL,
    "from" BIGINT NOT NULL,
    "state" JSON NOT NULL,

    CONSTRAINT "instance_boundary_pkey" PRIMARY KEY ("instance")
);

-- CreateTable
CREATE TABLE "pruned_start" (
    "request_id" TEXT NOT NULL,
    "id" BIGINT NOT NULL,
    "when" BIGINT NOT NULL,
    "event" TEXT NOT NULL,
    "identity" TEXT NOT NULL,

    CONSTRAINT "pruned_start_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "kept_original" (
    "service" TEXT NOT NULL,
    "notification_id" BIGINT NOT NULL,
    "json" JSON NOT NULL,

    CONSTRAINT "kept_original_pkey" PRIMARY KEY ("service","notification_id")
);
