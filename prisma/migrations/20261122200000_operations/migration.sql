-- Absences and module versions; what several processes of one backend share.

-- CreateTable
CREATE TABLE "absence" (
    "node" INTEGER NOT NULL,
    "from_epoch" BIGINT NOT NULL,
    "through_epoch" BIGINT NOT NULL,
    "ended_at_block" BIGINT NOT NULL,

    CONSTRAINT "absence_pkey" PRIMARY KEY ("node","from_epoch")
);

-- CreateTable
CREATE TABLE "module_version" (
    "deal" BIGINT NOT NULL,
    "version" INTEGER NOT NULL,
    "from_epoch" BIGINT NOT NULL,
    "module_digest" TEXT NOT NULL,
    "set_at_block" BIGINT NOT NULL,

    CONSTRAINT "module_version_pkey" PRIMARY KEY ("deal","version")
);

-- CreateTable
CREATE TABLE "leader" (
    "role" TEXT NOT NULL,
    "term" BIGINT NOT NULL,
    "holder" TEXT NOT NULL,
    "account" TEXT,
    "since" BIGINT NOT NULL,

    CONSTRAINT "leader_pkey" PRIMARY KEY ("role")
);

-- CreateTable
CREATE TABLE "outgoing" (
    "id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "cost" DECIMAL(78,0) NOT NULL,
    "settled" BOOLEAN NOT NULL,
    "sent_at" BIGINT NOT NULL,

    CONSTRAINT "outgoing_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hindrance" (
    "deal" BIGINT NOT NULL,
    "message" TEXT NOT NULL,

    CONSTRAINT "hindrance_pkey" PRIMARY KEY ("deal")
);

-- CreateIndex
CREATE INDEX "outgoing_sent_at_idx" ON "outgoing"("sent_at");
