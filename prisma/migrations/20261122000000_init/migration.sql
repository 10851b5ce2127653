-- The tables of prisma/schema.prisma. Applied by backend/src/store/migrate.ts or by `prisma migrate deploy`.

-- CreateTable
CREATE TABLE "event" (
    "chain" BIGINT NOT NULL,
    "block_number" BIGINT NOT NULL,
    "log_index" INTEGER NOT NULL,
    "block_hash" TEXT NOT NULL,
    "timestamp" BIGINT NOT NULL,
    "tx_hash" TEXT NOT NULL,
    "contract" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "args" JSONB NOT NULL,
    "deal" BIGINT,
    "node" INTEGER,
    "provider" INTEGER,

    CONSTRAINT "event_pkey" PRIMARY KEY ("chain","block_number","log_index")
);

-- CreateTable
CREATE TABLE "block" (
    "chain" BIGINT NOT NULL,
    "number" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "parent_hash" TEXT NOT NULL,
    "timestamp" BIGINT NOT NULL,

    CONSTRAINT "block_pkey" PRIMARY KEY ("chain","number")
);

-- CreateTable
CREATE TABLE "undo" (
    "chain" BIGINT NOT NULL,
    "block_number" BIGINT NOT NULL,
    "seq" INTEGER NOT NULL,
    "table_name" TEXT NOT NULL,
    "key" JSONB NOT NULL,
    "before" JSONB,

    CONSTRAINT "undo_pkey" PRIMARY KEY ("chain","block_number","seq")
);

-- CreateTable
CREATE TABLE "cursor" (
    "chain" BIGINT NOT NULL,
    "deployment" TEXT NOT NULL,
    "block_number" BIGINT NOT NULL,
    "block_hash" TEXT NOT NULL,
    "timestamp" BIGINT NOT NULL,
    "finalized_number" BIGINT NOT NULL,

    CONSTRAINT "cursor_pkey" PRIMARY KEY ("chain")
);

-- CreateTable
CREATE TABLE "provider" (
    "id" INTEGER NOT NULL,
    "owner" TEXT NOT NULL,
    "payout" TEXT NOT NULL,
    "pending_payout" TEXT,
    "payout_changes_at" BIGINT,
    "metadata_digest" TEXT NOT NULL,
    "registered_at_block" BIGINT NOT NULL,

    CONSTRAINT "provider_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "node" (
    "id" INTEGER NOT NULL,
    "provider" INTEGER NOT NULL,
    "units" INTEGER NOT NULL,
    "units_in_use" INTEGER NOT NULL,
    "retired" BOOLEAN NOT NULL,
    "region_group" INTEGER NOT NULL,
    "country" INTEGER NOT NULL,
    "hardware_class" INTEGER NOT NULL,
    "cores" INTEGER NOT NULL,
    "memory_gib" INTEGER NOT NULL,
    "bandwidth_mbps" BIGINT NOT NULL,
    "peer_id" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "added_at_block" BIGINT NOT NULL,

    CONSTRAINT "node_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operator_key" (
    "operator" TEXT NOT NULL,
    "node" INTEGER NOT NULL,
    "from_epoch" BIGINT NOT NULL,
    "until_epoch" BIGINT,

    CONSTRAINT "operator_key_pkey" PRIMARY KEY ("operator")
);

-- CreateTable
CREATE TABLE "offer" (
    "node" INTEGER NOT NULL,
    "token" TEXT NOT NULL,
    "provider" INTEGER NOT NULL,
    "ask_per_unit_epoch" DECIMAL(78,0) NOT NULL,
    "on" BOOLEAN NOT NULL,
    "changed_at_block" BIGINT NOT NULL,

    CONSTRAINT "offer_pkey" PRIMARY KEY ("node","token")
);

-- CreateTable
CREATE TABLE "attendance" (
    "node" INTEGER NOT NULL,
    "last_epoch" BIGINT NOT NULL,
    "epochs" BIGINT NOT NULL,

    CONSTRAINT "attendance_pkey" PRIMARY KEY ("node")
);

-- CreateTable
CREATE TABLE "stake" (
    "provider" INTEGER NOT NULL,
    "free" DECIMAL(78,0) NOT NULL,
    "locked" DECIMAL(78,0) NOT NULL,
    "thawing" DECIMAL(78,0) NOT NULL,
    "slashed" DECIMAL(78,0) NOT NULL,

    CONSTRAINT "stake_pkey" PRIMARY KEY ("provider")
);

-- CreateTable
CREATE TABLE "thaw" (
    "provider" INTEGER NOT NULL,
    "thaw" BIGINT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "ready_at" BIGINT NOT NULL,
    "withdrawn" BOOLEAN NOT NULL,

    CONSTRAINT "thaw_pkey" PRIMARY KEY ("provider","thaw")
);

-- CreateTable
CREATE TABLE "deal" (
    "id" BIGINT NOT NULL,
    "owner" TEXT NOT NULL,
    "terms" JSONB NOT NULL,
    "payment_token" TEXT NOT NULL,
    "units_per_worker" INTEGER NOT NULL,
    "min_workers" INTEGER NOT NULL,
    "target_workers" INTEGER NOT NULL,
    "fee_bps" INTEGER NOT NULL,
    "min_funded_epochs" INTEGER NOT NULL,
    "balance" DECIMAL(78,0) NOT NULL,
    "rate_per_epoch" DECIMAL(78,0) NOT NULL,
    "settled_epoch" BIGINT NOT NULL,
    "workers" INTEGER NOT NULL,
    "insolvent_since" BIGINT,
    "end_epoch" BIGINT,
    "ended_insolvent" BOOLEAN NOT NULL,
    "created_at_block" BIGINT NOT NULL,
    "changed_at_block" BIGINT NOT NULL,

    CONSTRAINT "deal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "worker" (
    "deal" BIGINT NOT NULL,
    "node" INTEGER NOT NULL,
    "provider" INTEGER NOT NULL,
    "units" INTEGER NOT NULL,
    "price_per_unit_epoch" DECIMAL(78,0) NOT NULL,
    "lock" DECIMAL(78,0) NOT NULL,
    "first_epoch" BIGINT NOT NULL,
    "last_epoch" BIGINT,
    "end_cause" INTEGER,
    "notice_epoch" BIGINT,
    "settled_epoch" BIGINT NOT NULL,
    "slashed" DECIMAL(78,0) NOT NULL,
    "released" BOOLEAN NOT NULL,
    "assigned_at_block" BIGINT NOT NULL,

    CONSTRAINT "worker_pkey" PRIMARY KEY ("deal","node")
);

-- CreateTable
CREATE TABLE "bar" (
    "deal" BIGINT NOT NULL,
    "provider" INTEGER NOT NULL,

    CONSTRAINT "bar_pkey" PRIMARY KEY ("deal","provider")
);

-- CreateTable
CREATE TABLE "payment" (
    "block_number" BIGINT NOT NULL,
    "log_index" INTEGER NOT NULL,
    "part" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "deal" BIGINT,
    "node" INTEGER,
    "provider" INTEGER,
    "token" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "account" TEXT,
    "through_epoch" BIGINT,
    "timestamp" BIGINT NOT NULL,
    "tx_hash" TEXT NOT NULL,

    CONSTRAINT "payment_pkey" PRIMARY KEY ("block_number","log_index","part")
);

-- CreateTable
CREATE TABLE "credit" (
    "kind" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,

    CONSTRAINT "credit_pkey" PRIMARY KEY ("kind","account","token")
);

-- CreateIndex
CREATE INDEX "event_deal_block_number_log_index_idx" ON "event"("deal", "block_number", "log_index");

-- CreateIndex
CREATE INDEX "event_node_block_number_log_index_idx" ON "event"("node", "block_number", "log_index");

-- CreateIndex
CREATE INDEX "provider_owner_idx" ON "provider"("owner");

-- CreateIndex
CREATE INDEX "node_provider_id_idx" ON "node"("provider", "id");

-- CreateIndex
CREATE INDEX "operator_key_node_from_epoch_idx" ON "operator_key"("node", "from_epoch");

-- CreateIndex
CREATE INDEX "offer_token_node_idx" ON "offer"("token", "node");

-- CreateIndex
CREATE INDEX "deal_owner_id_idx" ON "deal"("owner", "id");

-- CreateIndex
CREATE INDEX "worker_node_deal_idx" ON "worker"("node", "deal");

-- CreateIndex
CREATE INDEX "payment_deal_block_number_log_index_part_idx" ON "payment"("deal", "block_number", "log_index", "part");

-- CreateIndex
CREATE INDEX "payment_provider_block_number_log_index_part_idx" ON "payment"("provider", "block_number", "log_index", "part");
