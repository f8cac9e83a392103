/** MongoDB: given by DSN, an emulator from PyPI (named as such everywhere), the real one only from Docker. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineProvider, PrivateServer, ServerFacts, ServerNeed } from "../contract.ts";
import { dockerSource } from "../docker.ts";
import { freePort } from "../ports.ts";
import { serverFolder, startPrivate } from "../private-server.ts";
import { pythonPackage } from "../python.ts";
import { describe, namespace, probe } from "./session.ts";

const emulatorScript = fileURLToPath(new URL("emulator.py", import.meta.url));
const emulator = { name: "nx-27017", version: "0.8.1" } as const;

async function startEmulator(need: ServerNeed): Promise<PrivateServer> {
  const packages = await pythonPackage(emulator.name, emulator.version);
  const folder = serverFolder("mongodb", undefined);
  const port = await freePort();
  const dsn = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  const files = ["--log-file", join(folder, "server.log"), "--pid-file", join(folder, "pid")];
  const extra = Object.entries(need.settings ?? {}).flatMap(([key, value]) => [`--${key}`, value]);
  const address = ["--host", "127.0.0.1", "-p", String(port)];
  const plan = {
    command: "python3",
    args: [emulatorScript, "--data-dir", folder, ...address, ...files, ...extra],
    env: { PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: "1" },
    folder,
    log: join(folder, "log"),
    probe: () => probe(dsn),
    stopSignal: "SIGTERM",
    abortSignal: "TERM",
  } as const;
  const facts = async (): Promise<ServerFacts> => {
    const found = await describe(dsn);
    const origin = `PyPI package ${emulator.name} ${emulator.version}, three faults mended`;
    return { ...found, kind: "emulator", version: `${found.version} (as claimed)`, origin };
  };
  return startPrivate(plan, facts, namespace);
}

const provider: EngineProvider = {
  engine: "mongodb",
  variable: "TEST_MONGODB_URL",
  describe,
  namespace,
  sources: [
    {
      name: `emulator ${emulator.name}`,
      offers: [],
      start: startEmulator,
    },
    dockerSource(() => provider, {
      image: "mongo:8",
      port: 27017,
      offers: [],
      environment: () => ({}),
      command: () => ["--replSet", "rs0", "--bind_ip_all"],
      dsn: (at) => `mongodb://${at}/?directConnection=true`,
      afterStart: [
        [
          "mongosh",
          "--quiet",
          "--eval",
          "rs.initiate(); while (!db.hello().isWritablePrimary) sleep(100)",
        ],
      ],
    }),
  ],
};

export default provider;
