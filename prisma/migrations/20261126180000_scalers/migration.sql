-- Who may change a deal's target beside its owner.

-- CreateTable
CREATE TABLE "scaler" (
    "deal" BIGINT NOT NULL,
    "key" TEXT,
    "cap_per_epoch" DECIMAL(78,0) NOT NULL,
    "next_epoch" BIGINT NOT NULL,

    CONSTRAINT "scaler_pkey" PRIMARY KEY ("deal")
);

-- CreateIndex
CREATE INDEX "scaler_key_deal_idx" ON "scaler"("key", "deal");
