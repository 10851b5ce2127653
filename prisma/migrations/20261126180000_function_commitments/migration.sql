-- Function commitments. Rows of before have none: their contracts had none.

-- AlterTable
ALTER TABLE "deal" ADD COLUMN "dispute_window" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "deal" ALTER COLUMN "dispute_window" DROP DEFAULT;

-- AlterTable
ALTER TABLE "module_version" ADD COLUMN "function_commitment" TEXT NOT NULL DEFAULT '0x0000000000000000000000000000000000000000000000000000000000000000';
ALTER TABLE "module_version" ALTER COLUMN "function_commitment" DROP DEFAULT;
