-- What the token holders propose and how they vote.

-- CreateTable
CREATE TABLE "proposal" (
    "id" BIGINT NOT NULL,
    "proposer" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "calls" JSONB NOT NULL,
    "vote_start" BIGINT NOT NULL,
    "vote_end" BIGINT NOT NULL,
    "against_votes" DECIMAL(78,0) NOT NULL,
    "for_votes" DECIMAL(78,0) NOT NULL,
    "abstain_votes" DECIMAL(78,0) NOT NULL,
    "eta" BIGINT,
    "canceled" BOOLEAN NOT NULL,
    "created_at_block" BIGINT NOT NULL,
    "executed_at_block" BIGINT,

    CONSTRAINT "proposal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "vote" (
    "proposal" BIGINT NOT NULL,
    "voter" TEXT NOT NULL,
    "support" INTEGER NOT NULL,
    "weight" DECIMAL(78,0) NOT NULL,
    "reason" TEXT NOT NULL,
    "block" BIGINT NOT NULL,

    CONSTRAINT "vote_pkey" PRIMARY KEY ("proposal","voter")
);
