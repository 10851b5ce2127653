-- Slashes wait in escrow until they are vetoed or executed.

-- AlterTable
ALTER TABLE "stake" ADD COLUMN "escrowed" DECIMAL(78,0) NOT NULL DEFAULT 0;
ALTER TABLE "stake" ALTER COLUMN "escrowed" DROP DEFAULT;

-- CreateTable
CREATE TABLE "slash" (
    "id" BIGINT NOT NULL,
    "provider" INTEGER NOT NULL,
    "deal" BIGINT,
    "node" INTEGER,
    "amount" DECIMAL(78,0) NOT NULL,
    "owner" TEXT NOT NULL,
    "reporter" TEXT NOT NULL,
    "veto_ends_at" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "slashed_at_block" BIGINT NOT NULL,

    CONSTRAINT "slash_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "slash_provider_id_idx" ON "slash"("provider", "id");

-- CreateIndex
CREATE INDEX "slash_state_veto_ends_at_idx" ON "slash"("state", "veto_ends_at");
