/** Milvus: given by DSN, the vendor's small build from PyPI (named as such everywhere), a standalone only from Docker. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compose } from "../../../src/engines/milvus/compose.ts";
import type { EngineProvider, PrivateServer, ServerFacts, ServerNeed } from "../contract.ts";
import { dockerSource } from "../docker.ts";
import { freePort } from "../ports.ts";
import { serverFolder, startPrivate } from "../private-server.ts";
import { pythonPackage } from "../python.ts";
import { describe, namespace, probe } from "./session.ts";

const lite = { name: "milvus-lite", version: "3.2.2" } as const;
/** Holds the protocol's messages, which the server part needs and the package does not ask for. */
const messages = "pymilvus==3.0.2";

const liteScript = fileURLToPath(new URL("lite.py", import.meta.url));

async function startLite(_need: ServerNeed): Promise<PrivateServer> {
  const packages = await pythonPackage(lite.name, lite.version, [messages]);
  const folder = serverFolder("milvus", undefined);
  const port = await freePort();
  const dsn = `milvus://127.0.0.1:${port}`;
  const plan = {
    command: "python3",
    args: [
      liteScript,
      "server",
      "--data-dir",
      join(folder, "data"),
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
    ],
    env: { PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: "1", OMP_NUM_THREADS: "1" },
    folder,
    log: join(folder, "log"),
    probe: () => probe(dsn),
    stopSignal: "SIGINT",
    abortSignal: "TERM",
  } as const;
  const facts = async (): Promise<ServerFacts> => ({
    ...(await describe(dsn)),
    origin: `PyPI package ${lite.name} ${lite.version}`,
  });
  return startPrivate(plan, facts, namespace);
}

const provider: EngineProvider = {
  engine: "milvus",
  variable: "TEST_MILVUS_URL",
  describe,
  namespace,
  sources: [
    { name: `vendor's small build ${lite.name}`, offers: [], start: startLite },
    dockerSource(() => provider, {
      image: compose.image,
      port: compose.port,
      offers: [],
      environment: () =>
        Object.fromEntries(compose.settings.map(({ name, value }) => [name, value])),
      command: () => [...compose.command],
      dsn: (at) => `milvus://${at}`,
    }),
  ],
};

export default provider;
