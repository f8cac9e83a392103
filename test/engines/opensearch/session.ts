/** What the provider asks a running server, over plain HTTP. */
import { randomBytes } from "node:crypto";
import type { Namespace, ServerFacts } from "../contract.ts";

/** `opensearch://user:secret@host:9200/prefix` → the address of its REST interface, and the header that logs in. */
function addressOf(dsn: string): {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const url = new URL(
    dsn.replace(/^opensearch(\+https)?:/, (_, tls: string) => (tls ? "https:" : "http:")),
  );
  const login = Buffer.from(`${url.username}:${decodeURIComponent(url.password)}`).toString(
    "base64",
  );
  const headers: Record<string, string> =
    url.username === "" ? {} : { authorization: `Basic ${login}` };
  return { base: url.origin, headers };
}

/** @throws with the status when the server does not answer with success */
export async function ask(
  dsn: string,
  path: string,
  method = "GET",
  body?: object,
): Promise<unknown> {
  const { base, headers } = addressOf(dsn);
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** Resolves when the server takes writes. */
export async function probe(dsn: string): Promise<void> {
  await ask(dsn, "/_cluster/health?wait_for_status=yellow&timeout=1s");
}

interface About {
  readonly version: { readonly number: string };
}

/** Facts of whatever server answers at `dsn`. */
export async function describe(dsn: string): Promise<ServerFacts> {
  const about = (await ask(dsn, "/")) as About;
  const plugins = (await ask(dsn, "/_cat/plugins?format=json")) as readonly { component: string }[];
  const knn = plugins.some(({ component }) => /knn/i.test(component));
  return {
    engine: "opensearch",
    dsn,
    kind: "real",
    version: about.version.number,
    origin: "TEST_OPENSEARCH_URL",
    features: knn ? ["vector"] : [],
  };
}

/** A prefix of its own for every index. */
export async function namespace(server: ServerFacts): Promise<Namespace> {
  const name = `t_${randomBytes(6).toString("hex")}`;
  return {
    name,
    dsn: `${server.dsn.replace(/\/$/, "")}/${name}`,
    drop: async () => {
      const named = (await ask(
        server.dsn,
        `/_cat/indices/${name}-*?format=json&h=index`,
      )) as readonly {
        index: string;
      }[];
      for (const { index } of named)
        await ask(server.dsn, `/${encodeURIComponent(index)}`, "DELETE");
      await ask(server.dsn, `/_component_template/${name}-*`, "DELETE").catch(() => undefined);
    },
  };
}

/** Every index of a namespace shows what was written to it. */
export async function settle(dsn: string): Promise<void> {
  const prefix = new URL(dsn.replace(/^opensearch/, "http")).pathname.slice(1);
  await ask(dsn, `/${prefix === "" ? "*" : `${prefix}-*`}/_refresh`, "POST");
}
