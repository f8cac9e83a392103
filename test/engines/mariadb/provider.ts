/** MariaDB: given by DSN, from PATH or Debian's packages, from Docker. */
import type { EngineProvider } from "../contract.ts";
import { dockerSource } from "../docker.ts";
import { describe, namespace } from "../mysql/session.ts";
import { startBuild } from "../mysql/start.ts";
import { debianBuild } from "./debian-build.ts";

const provider: EngineProvider = {
  engine: "mariadb",
  variable: "TEST_MARIADB_URL",
  describe: (dsn) => describe("mariadb", dsn, false),
  namespace,
  sources: [
    {
      name: "mariadbd",
      offers: ["tls", "password"],
      start: async (need) => startBuild(await debianBuild(), need),
    },
    dockerSource(() => provider, {
      image: "mariadb:11.8",
      port: 3306,
      offers: ["password"],
      environment: (need) =>
        need.password
          ? { MARIADB_ROOT_PASSWORD: need.password }
          : { MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: "1" },
      command: (need) =>
        Object.entries(need.settings ?? {}).map(([key, value]) => `--${key}=${value}`),
      dsn: (at, need) =>
        `mariadb://root${need.password ? `:${encodeURIComponent(need.password)}` : ""}@${at}/mysql`,
    }),
  ],
};

export default provider;
