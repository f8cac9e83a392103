/** MySQL: given by DSN, from Debian's unstable suite, from Docker. */
import type { EngineProvider } from "../contract.ts";
import { dockerSource } from "../docker.ts";
import { debianBuild } from "./debian-build.ts";
import { describe, namespace } from "./session.ts";
import { startBuild } from "./start.ts";

const provider: EngineProvider = {
  engine: "mysql",
  variable: "TEST_MYSQL_URL",
  describe: (dsn) => describe("mysql", dsn, false),
  namespace,
  sources: [
    {
      name: "Debian unstable",
      offers: ["tls", "password"],
      start: async (need) => startBuild(await debianBuild(), need),
    },
    dockerSource(() => provider, {
      image: "mysql:9.7",
      port: 3306,
      offers: ["password"],
      environment: (need) =>
        need.password
          ? { MYSQL_ROOT_PASSWORD: need.password }
          : { MYSQL_ALLOW_EMPTY_PASSWORD: "yes" },
      command: (need) =>
        Object.entries(need.settings ?? {}).map(([key, value]) => `--${key}=${value}`),
      dsn: (at, need) =>
        `mysql://root${need.password ? `:${encodeURIComponent(need.password)}` : ""}@${at}/mysql`,
    }),
  ],
};

export default provider;
