-- Memory comes out as it came in, also above 2^31.
ALTER TABLE "instance_exists" ALTER COLUMN "memory_mb" SET DATA TYPE BIGINT;
