-- Attributes of nodes beyond the packed ones, and what others attest of them.

-- AlterTable
ALTER TABLE "node" ADD COLUMN "revision" BIGINT NOT NULL DEFAULT 1;
ALTER TABLE "node" ALTER COLUMN "revision" DROP DEFAULT;

-- CreateTable
CREATE TABLE "attribute" (
    "node" INTEGER NOT NULL,
    "attribute" TEXT NOT NULL,
    "value" DECIMAL(78,0) NOT NULL,

    CONSTRAINT "attribute_pkey" PRIMARY KEY ("node","attribute")
);

-- CreateTable
CREATE TABLE "attestation" (
    "node" INTEGER NOT NULL,
    "attribute" TEXT NOT NULL,
    "attester" TEXT NOT NULL,
    "value" DECIMAL(78,0) NOT NULL,
    "expires_at" BIGINT NOT NULL,
    "revision" BIGINT NOT NULL,
    "attested_at_block" BIGINT NOT NULL,

    CONSTRAINT "attestation_pkey" PRIMARY KEY ("node","attribute","attester")
);

-- CreateIndex
CREATE INDEX "attestation_attester_node_attribute_idx" ON "attestation"("attester", "node", "attribute");
