/** Which folder may import which: docs/architecture.md. @type {import("dependency-cruiser").IConfiguration} */
const apart = (from, ...to) => ({
  name: `${from}-apart`,
  severity: "error",
  from: { path: `^${from}/` },
  to: { path: to.map((folder) => `^${folder}/`) },
});

module.exports = {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      from: {},
      to: { circular: true, dependencyTypesNot: ["type-only"] },
    },
    apart("machine", "sandbox", "sdk", "backend", "node/", "cli"),
    apart("sandbox", "sdk", "backend", "node/", "cli"),
    apart("sdk", "machine", "sandbox", "backend", "node/", "cli"),
    apart("backend", "machine", "sandbox", "node/", "cli"),
    apart("node", "backend", "cli"),
    apart("cli", "backend", "node/"),
    {
      name: "machine-is-pure",
      comment: "the machine knows neither chain nor network nor files",
      severity: "error",
      from: { path: "^machine/src" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "prisma-in-store-only",
      severity: "error",
      from: { path: "^backend/src", pathNot: "^backend/src/store" },
      to: { path: "(@prisma|pglite|node_modules/pg/)" },
    },
    {
      name: "indexer-and-api-apart",
      severity: "error",
      from: { path: "^backend/src/indexer" },
      to: { path: "^backend/src/api" },
    },
    {
      name: "api-and-indexer-apart",
      severity: "error",
      from: { path: "^backend/src/api" },
      to: { path: "^backend/src/indexer" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(generated/|/test/|^types/|^artifacts/)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
