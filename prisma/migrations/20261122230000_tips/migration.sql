-- Tips, and until when a worker can be challenged. Rows of before have neither: their contracts had none.

-- AlterTable
ALTER TABLE "worker" ADD COLUMN     "match_epoch" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "challenge_end_epoch" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "tip" DECIMAL(78,0) NOT NULL DEFAULT 0,
ADD COLUMN     "tip_matcher" TEXT,
ADD COLUMN     "tip_challenger" TEXT,
ADD COLUMN     "tip_share" DECIMAL(78,0) NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "worker" ALTER COLUMN "match_epoch" DROP DEFAULT,
ALTER COLUMN "challenge_end_epoch" DROP DEFAULT,
ALTER COLUMN "tip" DROP DEFAULT,
ALTER COLUMN "tip_share" DROP DEFAULT;
