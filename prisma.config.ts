import { defineConfig } from "prisma/config";

// The URL serves `prisma migrate` only; the backend reads DATABASE_URL itself. `prisma generate` needs none.
const url = process.env["DATABASE_URL"];

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  ...(url === undefined ? {} : { datasource: { url } }),
});
