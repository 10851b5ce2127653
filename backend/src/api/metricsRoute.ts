import type { ApiParameters, App } from "./types.ts";

/** GET /metrics in Prometheus' text format, and the count of every request by its route. */
export function registerMetricsRoute(
  app: App,
  { metrics, refreshGauges }: Pick<ApiParameters, "metrics" | "refreshGauges">,
): void {
  app.addHook("onResponse", (request, reply, next) => {
    // The route's pattern: its ids would make a series each.
    const route = request.routeOptions.url ?? "unknown";
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    metrics.requests.observe(labels, reply.elapsedTime / 1_000);
    next();
  });
  app.get("/metrics", { config: { rateLimit: false }, schema: { hide: true } }, async (_request, reply) => {
    await refreshGauges();
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}
