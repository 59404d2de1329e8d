-- Lists of exists by audit period and status.
CREATE INDEX "instance_exists_status_audit_period_beginning_id_idx"
  ON "instance_exists"("status", "audit_period_beginning", "id");
CREATE INDEX "image_exists_status_audit_period_beginning_id_idx"
  ON "image_exists"("status", "audit_period_beginning", "id");

-- Numbers of exists by audit period and verdict, maintained by triggers.
CREATE TABLE "exists_count" (
  "service" TEXT NOT NULL,
  -- The beginning of the audit period; 0: the exists has none.
  "period_start" BIGINT NOT NULL,
  -- The end of a whole audit period; 0: the exists was sent during the period, at an action of the user.
  "period_end" BIGINT NOT NULL,
  "deployment_id" INTEGER NOT NULL,
  "status" TEXT NOT NULL,
  -- Of a failed exists: the part of the reason before the colon.
  "reason" TEXT NOT NULL,
  -- Whether it was published as verified.
  "published" BOOLEAN NOT NULL,
  -- The backend that counted: transactions at the same time never lock the same row. A single row may be negative.
  "writer" INTEGER NOT NULL,
  "count" BIGINT NOT NULL,
  PRIMARY KEY ("service", "period_start", "period_end", "deployment_id", "status", "reason", "published", "writer")
);

-- The end of a whole audit period (an hour, a day, a month or a year, possibly at an offset), otherwise 0.
CREATE FUNCTION "whole_period_end"("beginning" BIGINT, "ending" BIGINT) RETURNS BIGINT
LANGUAGE SQL IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN CASE "ending" - "beginning"
    WHEN 86400000000 THEN TRUE
    WHEN 3600000000 THEN "beginning" % 60000000 = 0
    ELSE "ending" - "beginning" >= 2419200000000 AND "beginning" % 60000000 = 0 AND (
      (TIMESTAMP 'epoch' + "beginning" * INTERVAL '1 microsecond') + INTERVAL '1 month'
        = (TIMESTAMP 'epoch' + "ending" * INTERVAL '1 microsecond')
      OR (TIMESTAMP 'epoch' + "beginning" * INTERVAL '1 microsecond') + INTERVAL '1 year'
        = (TIMESTAMP 'epoch' + "ending" * INTERVAL '1 microsecond')) END
  THEN "ending" ELSE 0 END
$$;

-- Keeps the counts equal to those of a table of exists. The argument is the service. It runs with the privileges of the
-- tables' owner, because the role that confirms exists cannot write counts.
CREATE FUNCTION "update_exists_count"() RETURNS TRIGGER LANGUAGE PLPGSQL SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  "changed" CONSTANT TEXT :=
    'SELECT coalesce("audit_period_beginning", 0) AS "period_start",
            whole_period_end("audit_period_beginning", "audit_period_ending") AS "period_end", "deployment_id", "status",
            CASE WHEN "status" = ''failed'' THEN split_part(coalesce("fail_reason", ''''), '':'', 1) ELSE '''' END AS "reason",
            "send_status" BETWEEN 200 AND 299 AS "published", %s AS "number" FROM %I';
  "changes" TEXT := '';
BEGIN
  IF TG_OP <> 'DELETE' THEN
    "changes" := format("changed", 1, 'added');
  END IF;
  IF TG_OP = 'UPDATE' THEN
    "changes" := "changes" || ' UNION ALL ';
  END IF;
  IF TG_OP <> 'INSERT' THEN
    "changes" := "changes" || format("changed", -1, 'removed');
  END IF;
  EXECUTE format('INSERT INTO %I."exists_count" AS c ', TG_TABLE_SCHEMA) ||
    'SELECT $1, "period_start", "period_end", "deployment_id", "status", "reason", "published", pg_backend_pid(), sum("number")
       FROM (' || "changes" || ') AS "changes"
      GROUP BY 2, 3, 4, 5, 6, 7 HAVING sum("number") <> 0
     ON CONFLICT ("service", "period_start", "period_end", "deployment_id", "status", "reason", "published", "writer")
     DO UPDATE SET "count" = c."count" + excluded."count"'
    USING TG_ARGV[0];
  RETURN NULL;
END
$$;

CREATE TRIGGER "instance_exists_inserted" AFTER INSERT ON "instance_exists" REFERENCING NEW TABLE AS "added"
  FOR EACH STATEMENT EXECUTE FUNCTION "update_exists_count"('nova');
CREATE TRIGGER "instance_exists_updated" AFTER UPDATE ON "instance_exists"
  REFERENCING OLD TABLE AS "removed" NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "update_exists_count"('nova');
CREATE TRIGGER "instance_exists_deleted" AFTER DELETE ON "instance_exists" REFERENCING OLD TABLE AS "removed"
  FOR EACH STATEMENT EXECUTE FUNCTION "update_exists_count"('nova');
CREATE TRIGGER "image_exists_inserted" AFTER INSERT ON "image_exists" REFERENCING NEW TABLE AS "added"
  FOR EACH STATEMENT EXECUTE FUNCTION "update_exists_count"('glance');
CREATE TRIGGER "image_exists_updated" AFTER UPDATE ON "image_exists"
  REFERENCING OLD TABLE AS "removed" NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "update_exists_count"('glance');
CREATE TRIGGER "image_exists_deleted" AFTER DELETE ON "image_exists" REFERENCING OLD TABLE AS "removed"
  FOR EACH STATEMENT EXECUTE FUNCTION "update_exists_count"('glance');

INSERT INTO "exists_count"
SELECT "service", coalesce("audit_period_beginning", 0), whole_period_end("audit_period_beginning", "audit_period_ending"),
       "deployment_id", "status",
       CASE WHEN "status" = 'failed' THEN split_part(coalesce("fail_reason", ''), ':', 1) ELSE '' END,
       "send_status" BETWEEN 200 AND 299, 0, count(*)
  FROM (SELECT 'nova' AS "service", "audit_period_beginning", "audit_period_ending", "deployment_id", "status",
               "fail_reason", "send_status" FROM "instance_exists"
         UNION ALL
        SELECT 'glance', "audit_period_beginning", "audit_period_ending", "deployment_id", "status", "fail_reason",
               "send_status" FROM "image_exists") AS "stored"
 GROUP BY 1, 2, 3, 4, 5, 6, 7;

-- Why and how often messages were rejected is no secret; their bodies stay hidden from the role that can only read.
DO $$
BEGIN
  EXECUTE format('GRANT SELECT (id, deployment, exchange, reason, received_at) ON %I.rejected_message TO stacktach_read',
                 current_schema());
EXCEPTION
  WHEN undefined_object OR insufficient_privilege THEN
    RAISE WARNING 'The role stacktach_read cannot count rejected messages: %', SQLERRM;
END
$$;
