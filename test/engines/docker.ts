/** Servers in Docker: the last resort, and only where a daemon answers. */
import { request } from "node:http";
import type { GenericContainer, StartedTestContainer } from "testcontainers";
import { freePort } from "./ports.ts";
import type { EngineProvider, PrivateServer, ServerNeed, Source } from "./contract.ts";

/** One engine's image and how to run it. */
export interface Image {
  readonly image: string;
  /** Port inside the container. */
  readonly port: number;
  readonly offers: readonly string[];
  readonly environment: (need: ServerNeed) => Readonly<Record<string, string>>;
  readonly command: (need: ServerNeed) => string[];
  readonly dsn: (hostAndPort: string, need: ServerNeed) => string;
  /** Commands to run inside once it is up, each of which must exit 0. */
  readonly afterStart?: readonly string[][];
}

/** Whether a Docker daemon answers here, within a second. */
export function dockerAnswers(): Promise<boolean> {
  const host = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
  const target = host.startsWith("unix://")
    ? { socketPath: host.slice("unix://".length) }
    : { host: new URL(host).hostname, port: new URL(host).port };
  return new Promise((done) => {
    const ping = request({ ...target, path: "/_ping", timeout: 1000 }, (reply) => {
      reply.resume();
      done(reply.statusCode === 200);
    });
    ping.once("timeout", () => ping.destroy());
    ping.once("error", () => done(false));
    ping.once("close", () => done(false));
    ping.end();
  });
}

/** Docker as a source of servers for `provider`. */
export function dockerSource(provider: () => EngineProvider, image: Image): Source {
  return {
    name: `Docker image ${image.image}`,
    offers: image.offers,
    start: async (need) => {
      if (!(await dockerAnswers())) throw new Error("no Docker daemon answers");
      return startContainer(provider(), image, need);
    },
  };
}

async function startContainer(
  provider: EngineProvider,
  image: Image,
  need: ServerNeed,
): Promise<PrivateServer> {
  const { getContainerRuntimeClient, Wait } = await import("testcontainers");
  const Container = await loopbackContainer();
  // A port of our choice: the one that Docker picks would change with a restart.
  const port = await freePort();
  const container = await new Container(image.image)
    .withExposedPorts({ container: image.port, host: port })
    .withEnvironment({ ...image.environment(need) })
    .withCommand(image.command(need))
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  for (const command of image.afterStart ?? []) {
    const result = await container.exec(command);
    if (result.exitCode !== 0) throw new Error(`in ${image.image}: ${result.output.trim()}`);
  }
  const dsn = image.dsn(`${container.getHost()}:${port}`, need);
  const facts = { ...(await provider.describe(dsn)), origin: `Docker image ${image.image}` };
  const docker = async () =>
    (await getContainerRuntimeClient()).container.getById(container.getId());
  return {
    ...facts,
    namespace: () => provider.namespace(facts),
    pidNow: () => undefined,
    atRest: async () => {},
    stop: async () => void (await container.stop()),
    kill9: async () => void (await (await docker()).kill()),
    restart: () => container.restart(),
    freeze: async () => void (await (await docker()).pause()),
    thaw: async () => void (await (await docker()).unpause()),
  };
}

/** Docker publishes a port on every interface unless told an address; test servers without passwords stay on loopback. */
async function loopbackContainer(): Promise<typeof GenericContainer> {
  const testcontainers = await import("testcontainers");
  return class extends testcontainers.GenericContainer {
    override async start(): Promise<StartedTestContainer> {
      const bound: Record<string, { HostIp: string; HostPort?: string }[]> = {};
      for (const [inside, places] of Object.entries(this.hostConfig.PortBindings ?? {}))
        if (Array.isArray(places))
          bound[inside] = places.map((place) => ({ ...place, HostIp: "127.0.0.1" }));
      this.hostConfig.PortBindings = bound;
      return super.start();
    }
  };
}
