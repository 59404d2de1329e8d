-- With the end in it the index alone finds a page of timings, however many are before it.
-- DropIndex
DROP INDEX "timing_name_duration_id_idx";

-- CreateIndex
CREATE INDEX "timing_name_duration_id_end_when_idx" ON "timing"("name", "duration", "id", "end_when");
