-- The notifications of one request with the same event name are an operation. Rows of an existing database are made by
-- `stacktach refold`.
CREATE TABLE "operation" (
  "id" BIGSERIAL PRIMARY KEY,
  "notification_id" BIGINT NOT NULL,
  "instance" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "request_id" TEXT NOT NULL,
  "when" BIGINT NOT NULL,
  "identity" TEXT NOT NULL,
  "end_when" BIGINT,
  "outcome" TEXT NOT NULL,
  "attempts" JSONB NOT NULL,
  "deployment_id" INTEGER NOT NULL,
  "tenant" TEXT,
  "user_id" TEXT,
  "host" TEXT,
  "flavor" TEXT,
  "image" TEXT
);
CREATE UNIQUE INDEX "operation_notification_id_key" ON "operation"("notification_id");
CREATE INDEX "operation_instance_when_id_idx" ON "operation"("instance", "when", "id");
CREATE INDEX "operation_request_id_when_id_idx" ON "operation"("request_id", "when", "id");
CREATE INDEX "operation_name_when_idx" ON "operation"("name", "when");
CREATE INDEX "operation_host_when_idx" ON "operation"("host", "when");
CREATE INDEX "operation_flavor_when_idx" ON "operation"("flavor", "when");
-- Only open operations are in it, so it stays small.
CREATE INDEX "operation_open_idx" ON "operation"("when", "id") INCLUDE ("name", "deployment_id") WHERE "outcome" = 'open';

-- The failed attempts of operations.
CREATE TABLE "failure" (
  "id" BIGSERIAL PRIMARY KEY,
  "notification_id" BIGINT NOT NULL,
  "when" BIGINT NOT NULL,
  "instance" TEXT NOT NULL,
  "request_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "error" TEXT NOT NULL,
  "host" TEXT,
  "flavor" TEXT,
  "image" TEXT,
  "tenant" TEXT,
  "deployment_id" INTEGER NOT NULL
);
CREATE UNIQUE INDEX "failure_notification_id_key" ON "failure"("notification_id");
CREATE INDEX "failure_when_id_idx" ON "failure"("when", "id");
CREATE INDEX "failure_instance_idx" ON "failure"("instance");

-- Durations of counted timings, as counts in buckets of logarithmic width. Percentiles are read from it.
CREATE TABLE "timing_histogram" (
  "name" TEXT NOT NULL,
  "deployment_id" INTEGER NOT NULL,
  "bucket" SMALLINT NOT NULL,
  -- Folds of different instances rarely change the same row.
  "stripe" SMALLINT NOT NULL,
  "count" BIGINT NOT NULL,
  PRIMARY KEY ("name", "deployment_id", "bucket", "stripe")
);
