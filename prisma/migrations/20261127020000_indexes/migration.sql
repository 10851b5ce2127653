-- For the evictions of nodes among all their events, and for workers that are not released among all there ever were.

-- CreateIndex
CREATE INDEX "event_node_name_idx" ON "event"("node", "name");

-- CreateIndex
CREATE INDEX "worker_released_deal_node_idx" ON "worker"("released", "deal", "node");
