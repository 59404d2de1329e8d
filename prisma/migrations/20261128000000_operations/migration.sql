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
CREATE INDEX "operation_request_id_instance_name_when_idx" ON "operation"("request_id", "instance", "name", "when");
-- Counts operations of a period by name, host and flavor without reading the table.
CREATE INDEX "operation_when_name_host_flavor_deployment_id_idx" ON "operation"("when", "name", "host", "flavor", "deployment_id");
-- Only open operations are in it, so it stays small.
CREATE INDEX "operation_open_idx" ON "operation"("when", "id", "name", "deployment_id") WHERE ("outcome" = 'open');

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
CREATE INDEX "failure_name_when_id_idx" ON "failure"("name", "when", "id");
CREATE INDEX "failure_host_when_id_idx" ON "failure"("host", "when", "id");

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

-- The bucket of a duration: its number in the bounds of the domain's histogram.
CREATE FUNCTION "timing_bucket"("duration" BIGINT) RETURNS SMALLINT LANGUAGE SQL IMMUTABLE PARALLEL SAFE AS $$
  SELECT width_bucket("duration", '{1000, 1044, 1091, 1139, 1189, 1242, 1297, 1354, 1414, 1477, 1542, 1610, 1682, 1756, 1834, 1915, 2000, 2089,
    2181, 2278, 2378, 2484, 2594, 2709, 2828, 2954, 3084, 3221, 3364, 3513, 3668, 3830, 4000, 4177, 4362, 4555,
    4757, 4967, 5187, 5417, 5657, 5907, 6169, 6442, 6727, 7025, 7336, 7661, 8000, 8354, 8724, 9110, 9514, 9935,
    10375, 10834, 11314, 11815, 12338, 12884, 13454, 14050, 14672, 15322, 16000, 16708, 17448, 18221, 19027,
    19870, 20749, 21668, 22627, 23629, 24675, 25768, 26909, 28100, 29344, 30643, 32000, 33417, 34896, 36441,
    38055, 39739, 41499, 43336, 45255, 47258, 49351, 51536, 53817, 56200, 58688, 61287, 64000, 66834, 69792,
    72882, 76109, 79479, 82998, 86672, 90510, 94517, 98701, 103071, 107635, 112400, 117377, 122573, 128000,
    133667, 139585, 145765, 152219, 158958, 165995, 173345, 181019, 189034, 197403, 206143, 215269, 224800,
    234753, 245146, 256000, 267334, 279170, 291530, 304437, 317916, 331991, 346689, 362039, 378067, 394806,
    412286, 430539, 449601, 469506, 490293, 512000, 534668, 558340, 583060, 608874, 635831, 663982, 693379,
    724077, 756135, 789612, 824571, 861078, 899201, 939012, 980586, 1024000, 1069336, 1116680, 1166120, 1217748,
    1271662, 1327964, 1386758, 1448155, 1512270, 1579224, 1649142, 1722156, 1798402, 1878024, 1961172, 2048000,
    2138673, 2233360, 2332239, 2435496, 2543325, 2655927, 2773515, 2896309, 3024540, 3158448, 3298284, 3444312,
    3596804, 3756049, 3922343, 4096000, 4277345, 4466720, 4664478, 4870992, 5086650, 5311855, 5547031, 5792619,
    6049080, 6316896, 6596568, 6888623, 7193609, 7512097, 7844686, 8192000, 8554691, 8933439, 9328956, 9741985,
    10173299, 10623710, 11094061, 11585238, 12098160, 12633791, 13193137, 13777247, 14387218, 15024194, 15689372,
    16384000, 17109382, 17866879, 18657913, 19483969, 20346598, 21247419, 22188123, 23170475, 24196320, 25267582,
    26386274, 27554494, 28774435, 30048388, 31378744, 32768000, 34218763, 35733757, 37315826, 38967939, 40693197,
    42494839, 44376246, 46340950, 48392639, 50535164, 52772547, 55108987, 57548871, 60096777, 62757489, 65536000,
    68437527, 71467515, 74631652, 77935877, 81386394, 84989677, 88752492, 92681900, 96785278, 101070329,
    105545094, 110217975, 115097742, 120193554, 125514977, 131072000, 136875053, 142935030, 149263304, 155871755,
    162772787, 169979354, 177504983, 185363800, 193570557, 202140657, 211090189, 220435950, 230195483, 240387108,
    251029954, 262144000, 273750106, 285870059, 298526608, 311743510, 325545574, 339958708, 355009966, 370727600,
    387141113, 404281315, 422180378, 440871900, 460390966, 480774216, 502059909, 524288000, 547500213, 571740118,
    597053216, 623487020, 651091149, 679917416, 710019932, 741455200, 774282226, 808562629, 844360755, 881743800,
    920781933, 961548432, 1004119818, 1048576000, 1095000426, 1143480236, 1194106431, 1246974040, 1302182297,
    1359834833, 1420039864, 1482910400, 1548564453, 1617125258, 1688721510, 1763487599, 1841563865, 1923096863,
    2008239635, 2097152000, 2190000851, 2286960473, 2388212863, 2493948080, 2604364594, 2719669666, 2840079729,
    2965820801, 3097128906, 3234250517, 3377443021, 3526975198, 3683127731, 3846193726, 4016479271, 4194304000,
    4380001703, 4573920945, 4776425726, 4987896159, 5208729189, 5439339331, 5680159458, 5931641602, 6194257811,
    6468501034, 6754886041, 7053950396, 7366255461, 7692387453, 8032958541, 8388608000, 8760003405, 9147841890,
    9552851452, 9975792319, 10417458377, 10878678663, 11360318915, 11863283203, 12388515622, 12937002068,
    13509772083, 14107900792, 14732510923, 15384774906, 16065917083, 16777216000, 17520006811, 18295683781,
    19105702904, 19951584637, 20834916754, 21757357326, 22720637830, 23726566406, 24777031245, 25874004135,
    27019544165, 28215801585, 29465021845, 30769549811, 32131834165, 33554432000, 35040013622, 36591367561,
    38211405807, 39903169274, 41669833509, 43514714651, 45441275660, 47453132812, 49554062490, 51748008271,
    54039088330, 56431603169, 58930043690, 61539099623, 64263668330, 67108864000, 70080027244, 73182735122,
    76422811615, 79806338549, 83339667018, 87029429303, 90882551321, 94906265624, 99108124979, 103496016542,
    108078176660, 112863206339, 117860087380, 123078199246, 128527336661, 134217728000, 140160054487,
    146365470245, 152845623229, 159612677097, 166679334036, 174058858606, 181765102641, 189812531249,
    198216249959, 206992033083, 216156353320, 225726412677, 235720174760, 246156398491, 257054673321,
    268435456000, 280320108975, 292730940490, 305691246459, 319225354194, 333358668071, 348117717212,
    363530205283, 379625062497, 396432499918, 413984066167, 432312706640, 451452825355, 471440349521,
    492312796983, 514109346643, 536870912000, 560640217949, 585461880979, 611382492917, 638450708388,
    666717336142, 696235434423, 727060410565, 759250124994, 792864999836, 827968132333, 864625413281,
    902905650710, 942880699042, 984625593966, 1028218693286, 1073741824000, 1121280435899, 1170923761958,
    1222764985834, 1276901416777, 1333434672284, 1392470868846, 1454120821130, 1518500249988, 1585729999672,
    1655936264666, 1729250826562, 1805811301419, 1885761398083, 1969251187932, 2056437386571, 2147483648000,
    2242560871798, 2341847523916, 2445529971668, 2553802833554, 2666869344569, 2784941737693, 2908241642260,
    3037000499976, 3171459999344, 3311872529332, 3458501653123, 3611622602838, 3771522796166, 3938502375864,
    4112874773143, 4294967296000}'::BIGINT[])::SMALLINT
$$;

-- The same remainder as a shard's: with a number of shards that divides 8, two shards never change the same row.
CREATE FUNCTION "timing_stripe"("instance" TEXT) RETURNS SMALLINT LANGUAGE SQL IMMUTABLE PARALLEL SAFE AS $$
  SELECT abs(hashtextextended("instance", 0) % 8)::SMALLINT
$$;

-- Keeps the histogram equal to the counts of "timing". Rows are locked in the order of their keys.
CREATE FUNCTION "update_timing_histogram"() RETURNS TRIGGER LANGUAGE PLPGSQL AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO "timing_histogram" AS h ("name", "deployment_id", "bucket", "stripe", "count")
    SELECT "name", "end_deployment_id", "timing_bucket"("duration"), "timing_stripe"("instance"), count(*)
      FROM "added" WHERE "counted" AND "end_deployment_id" IS NOT NULL
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT ("name", "deployment_id", "bucket", "stripe") DO UPDATE SET "count" = h."count" + excluded."count";
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO "timing_histogram" AS h ("name", "deployment_id", "bucket", "stripe", "count")
    SELECT "name", "end_deployment_id", "timing_bucket"("duration"), "timing_stripe"("instance"), sum("number")
      FROM (SELECT "name", "end_deployment_id", "duration", "instance", "counted", 1 AS "number" FROM "added"
             UNION ALL
            SELECT "name", "end_deployment_id", "duration", "instance", "counted", -1 FROM "removed") AS changed
     WHERE "counted" AND "end_deployment_id" IS NOT NULL
     GROUP BY 1, 2, 3, 4 HAVING sum("number") <> 0 ORDER BY 1, 2, 3, 4
    ON CONFLICT ("name", "deployment_id", "bucket", "stripe") DO UPDATE SET "count" = h."count" + excluded."count";
  ELSE
    INSERT INTO "timing_histogram" AS h ("name", "deployment_id", "bucket", "stripe", "count")
    SELECT "name", "end_deployment_id", "timing_bucket"("duration"), "timing_stripe"("instance"), -count(*)
      FROM "removed" WHERE "counted" AND "end_deployment_id" IS NOT NULL
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT ("name", "deployment_id", "bucket", "stripe") DO UPDATE SET "count" = h."count" + excluded."count";
  END IF;
  DELETE FROM "timing_histogram" h
   USING (SELECT DISTINCT "name", "end_deployment_id", "timing_bucket"("duration") AS "bucket",
                 "timing_stripe"("instance") AS "stripe"
            FROM "removed" WHERE "counted" AND "end_deployment_id" IS NOT NULL) AS r
   WHERE h."name" = r."name" AND h."deployment_id" = r."end_deployment_id" AND h."bucket" = r."bucket"
     AND h."stripe" = r."stripe" AND h."count" = 0;
  RETURN NULL;
END
$$;
CREATE TRIGGER "timing_inserted" AFTER INSERT ON "timing" REFERENCING NEW TABLE AS "added"
  FOR EACH STATEMENT EXECUTE FUNCTION "update_timing_histogram"();
CREATE TRIGGER "timing_updated" AFTER UPDATE ON "timing" REFERENCING OLD TABLE AS "removed" NEW TABLE AS "added"
  FOR EACH STATEMENT EXECUTE FUNCTION "update_timing_histogram"();
CREATE TRIGGER "timing_deleted" AFTER DELETE ON "timing" REFERENCING OLD TABLE AS "removed"
  FOR EACH STATEMENT EXECUTE FUNCTION "update_timing_histogram"();

INSERT INTO "timing_histogram"
SELECT "name", "end_deployment_id", "timing_bucket"("duration"), "timing_stripe"("instance"), count(*)
  FROM "timing" WHERE "counted" AND "end_deployment_id" IS NOT NULL
 GROUP BY 1, 2, 3, 4;

-- Lists of errors, newest first. Errors are few, so these stay small.
CREATE INDEX "notification_nova_errors_idx" ON "notification_nova"("when", "id") WHERE ("routing_key" LIKE '%error');
CREATE INDEX "notification_glance_errors_idx" ON "notification_glance"("when", "id") WHERE ("routing_key" LIKE '%error');
CREATE INDEX "notification_generic_errors_idx" ON "notification_generic"("when", "id") WHERE ("routing_key" LIKE '%error');

-- Lists of a deployment, newest first. Entries are added at the end of each deployment's part.
CREATE INDEX "notification_nova_deployment_id_when_id_idx" ON "notification_nova"("deployment_id", "when", "id");
CREATE INDEX "notification_glance_deployment_id_when_id_idx" ON "notification_glance"("deployment_id", "when", "id");
CREATE INDEX "notification_generic_deployment_id_when_id_idx" ON "notification_generic"("deployment_id", "when", "id");

-- The usage of a tenant.
CREATE INDEX "instance_exists_tenant_audit_period_ending_idx" ON "instance_exists"("tenant", "audit_period_ending");

-- Counts the exists of audit periods by status without reading the table.
DROP INDEX "instance_exists_audit_period_ending_idx";
CREATE INDEX "instance_exists_audit_period_ending_audit_period_beginning__idx"
  ON "instance_exists"("audit_period_ending", "audit_period_beginning", "status");

CREATE INDEX "report_name_created_at_id_idx" ON "report"("name", "created_at", "id");
