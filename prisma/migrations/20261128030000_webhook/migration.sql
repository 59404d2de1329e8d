-- Without PUBLISH_URL, messages are in the outbox for the webhook alone: their send status is null.
ALTER TABLE "outbox" ALTER COLUMN "send_status" DROP NOT NULL;

-- Deliveries of outbox messages to the webhook.
CREATE TABLE "webhook_delivery" (
  "outbox_id" BIGINT PRIMARY KEY REFERENCES "outbox"("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "created_at" BIGINT NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "next_attempt_at" BIGINT,
  "delivered_at" BIGINT,
  "last_error" TEXT
);
CREATE INDEX "webhook_delivery_next_attempt_at_idx" ON "webhook_delivery"("next_attempt_at");
