-- CreateTable
CREATE TABLE "deployment" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "last_when" BIGINT,

    CONSTRAINT "deployment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_nova" (
    "id" BIGSERIAL NOT NULL,
    "deployment_id" INTEGER NOT NULL,
    "when" BIGINT NOT NULL,
    "dedup_key" TEXT NOT NULL,
    "routing_key" TEXT NOT NULL,
    "publisher" TEXT NOT NULL,
    "service" TEXT NOT NULL,
    "host" TEXT,
    "event" TEXT NOT NULL,
    "versioned" BOOLEAN NOT NULL,
    "message_id" TEXT,
    "request_id" TEXT NOT NULL,
    "user_id" TEXT,
    "tenant" TEXT,
    "instance" TEXT,
    "state" TEXT,
    "old_state" TEXT,
    "task" TEXT,
    "old_task" TEXT,
    "image_type" INTEGER NOT NULL,
    "os_architecture" TEXT NOT NULL,
    "os_distro" TEXT NOT NULL,
    "os_version" TEXT NOT NULL,
    "rax_options" TEXT NOT NULL,
    "facts" JSON,
    "json" JSON NOT NULL,

    CONSTRAINT "notification_nova_pkey" PRIMARY KEY ("id","when")
) PARTITION BY RANGE ("when");

-- CreateTable
CREATE TABLE "notification_glance" (
    "id" BIGSERIAL NOT NULL,
    "deployment_id" INTEGER NOT NULL,
    "when" BIGINT NOT NULL,
    "dedup_key" TEXT NOT NULL,
    "routing_key" TEXT NOT NULL,
    "publisher" TEXT NOT NULL,
    "service" TEXT NOT NULL,
    "host" TEXT,
    "event" TEXT NOT NULL,
    "message_id" TEXT,
    "request_id" TEXT NOT NULL,
    "owner" TEXT,
    "instance" TEXT,
    "uuid" TEXT,
    "status" TEXT,
    "image_type" INTEGER NOT NULL,
    "facts" JSON,
    "json" JSON NOT NULL,

    CONSTRAINT "notification_glance_pkey" PRIMARY KEY ("id","when")
) PARTITION BY RANGE ("when");

-- CreateTable
CREATE TABLE "notification_generic" (
    "id" BIGSERIAL NOT NULL,
    "deployment_id" INTEGER NOT NULL,
    "when" BIGINT NOT NULL,
    "dedup_key" TEXT NOT NULL,
    "routing_key" TEXT NOT NULL,
    "publisher" TEXT NOT NULL,
    "service" TEXT NOT NULL,
    "host" TEXT,
    "event" TEXT NOT NULL,
    "message_id" TEXT,
    "request_id" TEXT NOT NULL,
    "tenant" TEXT,
    "instance" TEXT,
    "state" TEXT,
    "old_state" TEXT,
    "task" TEXT,
    "old_task" TEXT,
    "image_type" INTEGER NOT NULL,
    "json" JSON NOT NULL,

    CONSTRAINT "notification_generic_pkey" PRIMARY KEY ("id","when")
) PARTITION BY RANGE ("when");

-- CreateTable
CREATE TABLE "notification_partition" (
    "service" TEXT NOT NULL,
    "lower" BIGINT NOT NULL,
    "upper" BIGINT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "notification_partition_pkey" PRIMARY KEY ("service","lower")
);

-- CreateTable
CREATE TABLE "notification_span" (
    "service" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "lower" BIGINT NOT NULL,
    "upper" BIGINT NOT NULL,

    CONSTRAINT "notification_span_pkey" PRIMARY KEY ("service","kind","key")
);

-- CreateTable
CREATE TABLE "event" (
    "service" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("service","name")
);

-- CreateTable
CREATE TABLE "host" (
    "service" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "host_pkey" PRIMARY KEY ("service","name")
);

-- CreateTable
CREATE TABLE "setting" (
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "backlog" (
    "kind" TEXT NOT NULL,
    "shard" SMALLINT NOT NULL,
    "key" TEXT NOT NULL,
    "when" BIGINT NOT NULL,
    "notification_id" BIGINT NOT NULL,

    CONSTRAINT "backlog_pkey" PRIMARY KEY ("kind","shard","key","when","notification_id")
);

-- CreateTable
CREATE TABLE "rejected_message" (
    "id" BIGSERIAL NOT NULL,
    "deployment" TEXT NOT NULL,
    "exchange" TEXT NOT NULL,
    "routing_key" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "body" BYTEA NOT NULL,
    "body_size" INTEGER NOT NULL,
    "body_sha256" TEXT NOT NULL,
    "received_at" BIGINT NOT NULL,

    CONSTRAINT "rejected_message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lifecycle" (
    "instance" TEXT NOT NULL,
    "notification_id" BIGINT NOT NULL,
    "notification_when" BIGINT NOT NULL,
    "state" TEXT,
    "task_state" TEXT,
    "folded_when" BIGINT NOT NULL,
    "folded_tie_break" TEXT NOT NULL,
    "has_classic" BOOLEAN NOT NULL,
    "has_versioned" BOOLEAN NOT NULL,

    CONSTRAINT "lifecycle_pkey" PRIMARY KEY ("instance")
);

-- CreateTable
CREATE TABLE "timing" (
    "id" BIGSERIAL NOT NULL,
    "instance" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "notification_id" BIGINT NOT NULL,
    "when" BIGINT NOT NULL,
    "start_id" BIGINT,
    "start_when" BIGINT,
    "start_request_id" TEXT,
    "start_identity" TEXT,
    "end_id" BIGINT,
    "end_when" BIGINT,
    "end_request_id" TEXT,
    "end_identity" TEXT,
    "end_deployment_id" INTEGER,
    "end_tenant" TEXT,
    "duration" BIGINT,
    "counted" BOOLEAN NOT NULL,

    CONSTRAINT "timing_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "request_tracker" (
    "request_id" TEXT NOT NULL,
    "start_id" BIGINT NOT NULL,
    "start_when" BIGINT NOT NULL,
    "timing_id" BIGINT,
    "event" TEXT,
    "instance" TEXT,
    "deployment_id" INTEGER,
    "tenant" TEXT,
    "end_when" BIGINT,
    "duration" BIGINT,

    CONSTRAINT "request_tracker_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "instance_launch" (
    "id" BIGSERIAL NOT NULL,
    "instance" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "launched_at" BIGINT,
    "instance_type_id" TEXT,
    "instance_flavor_id" TEXT,
    "tenant" TEXT,
    "rax_options" TEXT,
    "os_architecture" TEXT,
    "os_version" TEXT,
    "os_distro" TEXT,
    "first_when" BIGINT NOT NULL,

    CONSTRAINT "instance_launch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "instance_delete" (
    "id" BIGSERIAL NOT NULL,
    "instance" TEXT NOT NULL,
    "launched_at" BIGINT NOT NULL,
    "deleted_at" BIGINT NOT NULL,
    "payload_deleted_at" BIGINT,
    "notification_id" BIGINT NOT NULL,

    CONSTRAINT "instance_delete_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "instance_exists" (
    "id" BIGSERIAL NOT NULL,
    "deployment_id" INTEGER NOT NULL,
    "dedup_key" TEXT NOT NULL,
    "message_id" TEXT,
    "notification_id" BIGINT NOT NULL,
    "when" BIGINT NOT NULL,
    "instance" TEXT NOT NULL,
    "versioned" BOOLEAN NOT NULL,
    "launched_at" BIGINT NOT NULL,
    "deleted_at" BIGINT,
    "terminated_at" BIGINT,
    "audit_period_beginning" BIGINT,
    "audit_period_ending" BIGINT,
    "instance_type_id" TEXT,
    "instance_flavor_id" TEXT,
    "flavor_name" TEXT,
    "memory_mb" INTEGER,
    "tenant" TEXT,
    "rax_options" TEXT,
    "os_architecture" TEXT,
    "os_version" TEXT,
    "os_distro" TEXT,
    "image_type" INTEGER NOT NULL,
    "host" TEXT,
    "bandwidth_public_out" BIGINT,
    "launch_id" BIGINT,
    "delete_id" BIGINT,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "fail_reason" TEXT,
    "send_status" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "instance_exists_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "image_usage" (
    "id" BIGSERIAL NOT NULL,
    "uuid" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "owner" TEXT,
    "size" BIGINT,
    "notification_id" BIGINT NOT NULL,
    "when" BIGINT NOT NULL,
    "tie_break" TEXT NOT NULL,

    CONSTRAINT "image_usage_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "image_delete" (
    "id" BIGSERIAL NOT NULL,
    "uuid" TEXT NOT NULL,
    "deleted_at" BIGINT NOT NULL,
    "notification_id" BIGINT NOT NULL,
    "when" BIGINT NOT NULL,
    "tie_break" TEXT NOT NULL,

    CONSTRAINT "image_delete_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "image_exists" (
    "id" BIGSERIAL NOT NULL,
    "deployment_id" INTEGER NOT NULL,
    "dedup_key" TEXT NOT NULL,
    "message_id" TEXT,
    "notification_id" BIGINT NOT NULL,
    "when" BIGINT NOT NULL,
    "tie_break" TEXT NOT NULL,
    "uuid" TEXT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "deleted_at" BIGINT,
    "owner" TEXT,
    "size" BIGINT,
    "audit_period_beginning" BIGINT,
    "audit_period_ending" BIGINT,
    "usage_id" BIGINT,
    "delete_id" BIGINT,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "fail_reason" TEXT,
    "send_status" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "image_exists_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "report" (
    "id" BIGSERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "region" TEXT NOT NULL DEFAULT '',
    "period_start" BIGINT NOT NULL,
    "period_end" BIGINT NOT NULL,
    "created_at" BIGINT NOT NULL,
    "json" JSON NOT NULL,

    CONSTRAINT "report_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant_info" (
    "tenant" TEXT NOT NULL,
    "account_name" TEXT NOT NULL,
    "billing_account" TEXT NOT NULL,
    "updated_at" BIGINT NOT NULL,

    CONSTRAINT "tenant_info_pkey" PRIMARY KEY ("tenant")
);

-- CreateTable
CREATE TABLE "tenant_type" (
    "tenant" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "tenant_type_pkey" PRIMARY KEY ("tenant","name")
);

-- CreateIndex
CREATE UNIQUE INDEX "deployment_name_key" ON "deployment"("name");

-- CreateIndex
CREATE INDEX "notification_nova_when_id_idx" ON "notification_nova"("when", "id");

-- CreateIndex
CREATE INDEX "notification_nova_instance_when_id_idx" ON "notification_nova"("instance", "when", "id");

-- CreateIndex
CREATE INDEX "notification_nova_request_id_when_id_idx" ON "notification_nova"("request_id", "when", "id");

-- CreateIndex
CREATE INDEX "notification_nova_tenant_when_id_idx" ON "notification_nova"("tenant", "when", "id");

-- CreateIndex
CREATE INDEX "notification_nova_event_when_id_idx" ON "notification_nova"("event", "when", "id");

-- CreateIndex
CREATE INDEX "notification_nova_host_when_id_idx" ON "notification_nova"("host", "when", "id");

-- CreateIndex
CREATE UNIQUE INDEX "notification_nova_dedup_key_deployment_id_when_key" ON "notification_nova"("dedup_key", "deployment_id", "when");

-- CreateIndex
CREATE INDEX "notification_glance_when_id_idx" ON "notification_glance"("when", "id");

-- CreateIndex
CREATE INDEX "notification_glance_uuid_when_id_idx" ON "notification_glance"("uuid", "when", "id");

-- CreateIndex
CREATE INDEX "notification_glance_instance_when_id_idx" ON "notification_glance"("instance", "when", "id");

-- CreateIndex
CREATE INDEX "notification_glance_request_id_when_id_idx" ON "notification_glance"("request_id", "when", "id");

-- CreateIndex
CREATE INDEX "notification_glance_owner_when_id_idx" ON "notification_glance"("owner", "when", "id");

-- CreateIndex
CREATE INDEX "notification_glance_event_when_id_idx" ON "notification_glance"("event", "when", "id");

-- CreateIndex
CREATE INDEX "notification_glance_host_when_id_idx" ON "notification_glance"("host", "when", "id");

-- CreateIndex
CREATE UNIQUE INDEX "notification_glance_dedup_key_deployment_id_when_key" ON "notification_glance"("dedup_key", "deployment_id", "when");

-- CreateIndex
CREATE INDEX "notification_generic_when_id_idx" ON "notification_generic"("when", "id");

-- CreateIndex
CREATE INDEX "notification_generic_instance_when_id_idx" ON "notification_generic"("instance", "when", "id");

-- CreateIndex
CREATE INDEX "notification_generic_request_id_when_id_idx" ON "notification_generic"("request_id", "when", "id");

-- CreateIndex
CREATE INDEX "notification_generic_tenant_when_id_idx" ON "notification_generic"("tenant", "when", "id");

-- CreateIndex
CREATE INDEX "notification_generic_event_when_id_idx" ON "notification_generic"("event", "when", "id");

-- CreateIndex
CREATE INDEX "notification_generic_host_when_id_idx" ON "notification_generic"("host", "when", "id");

-- CreateIndex
CREATE UNIQUE INDEX "notification_generic_dedup_key_deployment_id_when_key" ON "notification_generic"("dedup_key", "deployment_id", "when");

-- CreateIndex
CREATE UNIQUE INDEX "notification_partition_name_key" ON "notification_partition"("name");

-- CreateIndex
CREATE UNIQUE INDEX "rejected_message_body_sha256_deployment_exchange_routing_ke_key" ON "rejected_message"("body_sha256", "deployment", "exchange", "routing_key");

-- CreateIndex
CREATE UNIQUE INDEX "timing_notification_id_key" ON "timing"("notification_id");

-- CreateIndex
CREATE INDEX "timing_instance_when_id_idx" ON "timing"("instance", "when", "id");

-- CreateIndex
CREATE INDEX "timing_instance_name_end_when_idx" ON "timing"("instance", "name", "end_when");

-- CreateIndex
CREATE INDEX "timing_name_duration_id_idx" ON "timing"("name", "duration", "id");

-- CreateIndex
CREATE INDEX "timing_name_counted_when_id_idx" ON "timing"("name", "counted", "when", "id");

-- CreateIndex
CREATE INDEX "timing_end_request_id_end_when_idx" ON "timing"("end_request_id", "end_when");

-- CreateIndex
CREATE INDEX "request_tracker_start_when_idx" ON "request_tracker"("start_when");

-- CreateIndex
CREATE INDEX "request_tracker_tenant_start_when_idx" ON "request_tracker"("tenant", "start_when");

-- CreateIndex
CREATE INDEX "instance_launch_instance_launched_at_idx" ON "instance_launch"("instance", "launched_at");

-- CreateIndex
CREATE INDEX "instance_launch_launched_at_first_when_id_idx" ON "instance_launch"("launched_at", "first_when", "id");

-- CreateIndex
CREATE UNIQUE INDEX "instance_launch_instance_request_id_key" ON "instance_launch"("instance", "request_id");

-- CreateIndex
CREATE INDEX "instance_delete_deleted_at_id_idx" ON "instance_delete"("deleted_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "instance_delete_instance_launched_at_deleted_at_key" ON "instance_delete"("instance", "launched_at", "deleted_at");

-- CreateIndex
CREATE INDEX "instance_exists_instance_when_id_idx" ON "instance_exists"("instance", "when", "id");

-- CreateIndex
CREATE INDEX "instance_exists_instance_launched_at_idx" ON "instance_exists"("instance", "launched_at");

-- CreateIndex
CREATE INDEX "instance_exists_when_id_idx" ON "instance_exists"("when", "id");

-- CreateIndex
CREATE INDEX "instance_exists_status_audit_period_ending_idx" ON "instance_exists"("status", "audit_period_ending");

-- CreateIndex
CREATE UNIQUE INDEX "instance_exists_deployment_id_dedup_key_key" ON "instance_exists"("deployment_id", "dedup_key");

-- CreateIndex
CREATE UNIQUE INDEX "image_usage_uuid_key" ON "image_usage"("uuid");

-- CreateIndex
CREATE INDEX "image_usage_created_at_id_idx" ON "image_usage"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "image_delete_uuid_key" ON "image_delete"("uuid");

-- CreateIndex
CREATE INDEX "image_delete_deleted_at_id_idx" ON "image_delete"("deleted_at", "id");

-- CreateIndex
CREATE INDEX "image_exists_uuid_idx" ON "image_exists"("uuid");

-- CreateIndex
CREATE INDEX "image_exists_when_id_idx" ON "image_exists"("when", "id");

-- CreateIndex
CREATE INDEX "image_exists_status_audit_period_ending_idx" ON "image_exists"("status", "audit_period_ending");

-- CreateIndex
CREATE UNIQUE INDEX "image_exists_deployment_id_dedup_key_uuid_key" ON "image_exists"("deployment_id", "dedup_key", "uuid");

-- CreateIndex
CREATE INDEX "report_created_at_id_idx" ON "report"("created_at", "id");

-- CreateIndex
CREATE INDEX "report_name_period_start_idx" ON "report"("name", "period_start");

-- AddForeignKey
ALTER TABLE "tenant_type" ADD CONSTRAINT "tenant_type_tenant_fkey" FOREIGN KEY ("tenant") REFERENCES "tenant_info"("tenant") ON DELETE CASCADE ON UPDATE CASCADE;


-- What Prisma's schema has no words for.

-- The originals are most of what is stored: lz4 costs a fraction of pglz's time.
ALTER TABLE "notification_nova" ALTER COLUMN "json" SET COMPRESSION lz4;
ALTER TABLE "notification_glance" ALTER COLUMN "json" SET COMPRESSION lz4;
ALTER TABLE "notification_generic" ALTER COLUMN "json" SET COMPRESSION lz4;

-- Rows come and go all the time: dead ones must not pile up under the claims.
ALTER TABLE "backlog" SET (
  autovacuum_vacuum_scale_factor = 0.0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_insert_scale_factor = 0.0,
  autovacuum_vacuum_insert_threshold = 50000,
  autovacuum_vacuum_cost_delay = 0
);

-- Updated in place at every fold: room on each page keeps those updates off the indexes.
ALTER TABLE "lifecycle" SET (fillfactor = 70);
ALTER TABLE "timing" SET (fillfactor = 80);
ALTER TABLE "request_tracker" SET (fillfactor = 80);

-- For people in psql: the newest notifications with times that can be read.
CREATE VIEW "notification_nova_readable" AS
  SELECT n."id", to_timestamp(n."when" / 1000000.0) AT TIME ZONE 'UTC' AS "when", d."name" AS "deployment", n."event",
         n."host", n."instance", n."request_id", n."tenant", n."state", n."old_state", n."task", n."old_task"
    FROM "notification_nova" n JOIN "deployment" d ON d."id" = n."deployment_id";

CREATE VIEW "timing_readable" AS
  SELECT t."id", t."instance", t."name",
         to_timestamp(t."start_when" / 1000000.0) AT TIME ZONE 'UTC' AS "start",
         to_timestamp(t."end_when" / 1000000.0) AT TIME ZONE 'UTC' AS "end",
         t."duration" * interval '1 microsecond' AS "duration"
    FROM "timing" t;
