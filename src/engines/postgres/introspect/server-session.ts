import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { pathToFileURL } from "node:url";
import type { Client, ClientConfig, QueryArrayResult } from "pg";
import type {
  Connection,
  ConnectionSource,
  Exchange,
  Waiter,
} from "../../../../templates/engines/postgres/wire.ts";
import type { Dsn } from "../../../../templates/runtime/dsn.ts";
import { packageEntry } from "../../../migrate/baseline/packages.ts";
import type { Sessions } from "./session.ts";

type ClientClass = new (config: ClientConfig) => Client;
type TextRows = (string | null)[][];

/** Sessions on a server, over the `pg` of the user's package: one query at a time, values as texts. */
export async function serverSource(dsn: Dsn, root: string): Promise<Sessions> {
  const { default: driver }: { default: { Client: ClientClass } } = await import(
    pathToFileURL(packageEntry(root, "pg")).href
  );
  const source = new ServerSource(() => connect(driver.Client, dsn));
  // The first session now, so that a wrong DSN is told before anything is done.
  await source.warm();
  return { source, close: () => source.close() };
}

class ServerSource implements ConnectionSource {
  readonly #open: () => Promise<Client>;
  readonly #idle: Session[] = [];
  readonly #all = new Set<Session>();

  constructor(open: () => Promise<Client>) {
    this.#open = open;
  }

  async warm(): Promise<void> {
    this.#idle.push(await this.#made());
  }

  acquire(waiter: Waiter): void {
    const idle = this.#idle.pop();
    if (idle !== undefined) return waiter.granted(idle);
    this.#made().then(
      (session) => waiter.granted(session),
      (error: unknown) => waiter.refused(error),
    );
  }

  forget(): void {}

  release(connection: Connection): void {
    const session = [...this.#all].find((each) => each === connection);
    if (session !== undefined && !session.lost) this.#idle.push(session);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((session) => session.end()));
  }

  async #made(): Promise<Session> {
    const session = new Session(await this.#open());
    this.#all.add(session);
    return session;
  }
}

class Session implements Connection {
  readonly #client: Client;
  #lost: unknown;
  #ended = false;

  constructor(client: Client) {
    this.#client = client;
    client.on("error", (error) => {
      this.#lost = error;
    });
  }

  get lost(): boolean {
    return this.#lost !== undefined;
  }

  submit(exchange: Exchange): void {
    exchange.sending();
    this.#run(exchange).then(
      ({ rows, tag }) => exchange.answered(rows, tag),
      (error: unknown) => exchange.failed(error),
    );
  }

  destroy(error: unknown): void {
    this.#lost ??= error;
    void this.end();
  }

  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#client.end().catch(() => {});
  }

  /** Without values it goes by the simple protocol, which takes several statements; the rows are those of the last one. */
  async #run({ prepared, values, script }: Exchange): Promise<{ rows: TextRows; tag: string }> {
    const answer: QueryArrayResult<TextRows[number]> | QueryArrayResult<TextRows[number]>[] =
      await this.#client.query<TextRows[number]>({
        text: prepared.text,
        ...(script !== true && { values: [...values] }),
        rowMode: "array",
        types: { getTypeParser: () => (text: string) => text },
      });
    const last = Array.isArray(answer) ? answer.at(-1) : answer;
    return { rows: last?.rows ?? [], tag: `${last?.command ?? ""} ${last?.rowCount ?? 0}` };
  }
}

/** The first host that answers. */
async function connect(ClientOf: ClientClass, dsn: Dsn): Promise<Client> {
  let failure: unknown;
  for (const { host, port } of dsn.hosts) {
    const client = new ClientOf({
      host,
      port: port ?? 5432,
      user: dsn.user ?? "postgres",
      password: dsn.password ?? "",
      database: dsn.path === "" ? (dsn.user ?? "postgres") : dsn.path,
      ssl: tlsOf(dsn, host),
      connectionTimeoutMillis: 1_000 * Number(dsn.parameters.get("connect_timeout") ?? "5"),
      application_name: dsn.parameters.get("application_name") ?? "async-db-starter",
    });
    try {
      await client.connect();
      await client.query(
        "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set bytea_output = 'hex'; set extra_float_digits = 1;",
      );
      return client;
    } catch (error) {
      failure = error;
      await client.end().catch(() => {});
    }
  }
  throw failure;
}

const loopback = new Set(["localhost", "127.0.0.1", "::1"]);

/** As the generated connector does: off loopback the certificate and the name are verified unless the DSN says otherwise. */
function tlsOf(dsn: Dsn, host: string): ConnectionOptions | false {
  const mode = dsn.parameters.get("sslmode") ?? (loopback.has(host) ? "disable" : "verify-full");
  if (mode === "disable") return false;
  const file = (name: string): Buffer | undefined => {
    const path = dsn.parameters.get(name);
    return path === undefined ? undefined : readFileSync(path);
  };
  const [ca, cert, key] = [file("sslrootcert"), file("sslcert"), file("sslkey")];
  return {
    rejectUnauthorized: mode !== "require",
    ...(mode === "verify-ca" && { checkServerIdentity: () => undefined }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}
