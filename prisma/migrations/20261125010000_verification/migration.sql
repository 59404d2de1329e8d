-- AlterTable
ALTER TABLE "instance_exists" ADD COLUMN "publication_id" BIGINT;

-- AlterTable
ALTER TABLE "image_exists" ADD COLUMN "publication_id" BIGINT;

-- CreateTable
CREATE TABLE "publication" (
    "id" BIGSERIAL NOT NULL,
    "service" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "original_message_id" TEXT,
    "notification_id" BIGINT NOT NULL,
    "notification_when" BIGINT NOT NULL,
    "send_status" INTEGER NOT NULL DEFAULT 0,
    "created_at" BIGINT NOT NULL,
    "sent_at" BIGINT,

    CONSTRAINT "publication_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "publication_service_key_key" ON "publication"("service", "key");

-- CreateIndex
CREATE INDEX "publication_send_status_id_idx" ON "publication"("send_status", "id");

-- CreateIndex
CREATE INDEX "instance_exists_publication_id_idx" ON "instance_exists"("publication_id");

-- CreateIndex
CREATE INDEX "image_exists_publication_id_idx" ON "image_exists"("publication_id");
