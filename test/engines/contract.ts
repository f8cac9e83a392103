/**
 * What a test asks of a database server and what it gets.
 *
 * A provider (one folder per engine) knows how to reach a server: by a DSN from the environment, by starting one from an
 * installable package, or by Docker. No provider ever touches a server that it did not start.
 */
import type { Certificate } from "../support/certificate.ts";

/** How much a green test on this server says: "emulator" never proves what only the vendor's server can show. */
export type ServerKind = "real" | "local build" | "emulator" | "in-process";

/** Plain data, so that it can be sent from the process that owns the server to the test workers. */
export interface ServerFacts {
  readonly engine: string;
  /** Connects to the server's default database. May hold a password: never print it. */
  readonly dsn: string;
  readonly kind: ServerKind;
  readonly version: string;
  /** Where the server comes from, for people: "PyPI package x 1.2", "apt", "Docker image y", or the variable's name. */
  readonly origin: string;
  /** What this build can do beyond the bare engine, for example "vector" or "tls". */
  readonly features: readonly string[];
  /** Process id on this machine; absent for a server that the environment names or that Docker runs. */
  readonly pid?: number;
  /** Authority to trust when the server speaks TLS. */
  readonly caPem?: string;
}

/** A place of its own on a server: a database, or a numbered keyspace, that no other suite sees. */
export interface Namespace {
  readonly dsn: string;
  /** Unique; also fit as a key prefix. Suites that share one keyspace must put it before every key. */
  readonly name: string;
  drop(): Promise<void>;
}

/** A server that other test files use too: it can be used, not stopped. */
export interface Server extends ServerFacts {
  namespace(): Promise<Namespace>;
}

/** A server that belongs to one test: it may be stopped, killed and started again on the same port and data. */
export interface PrivateServer extends Server {
  /** The process id of now; it changes with a restart. */
  pidNow(): number | undefined;
  /** Graceful stop, then the data folder is removed. Stopping twice is harmless. */
  stop(): Promise<void>;
  /** SIGKILL to the server and all its children, all at once; the data folder stays. */
  kill9(): Promise<void>;
  /** Starts again on the same data and port; a server that still runs is stopped gracefully first. */
  restart(): Promise<void>;
  /** Waits until nothing in the data folder has changed for a second; 30 s at most. At once where the folder is out of reach. */
  atRest(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing answers. */
  freeze(): Promise<void>;
  /** SIGCONT. */
  thaw(): Promise<void>;
}

/** No server, and why: text for the closing table. */
export interface Missing {
  readonly engine: string;
  readonly reason: string;
}

/** What a test needs beyond a plain server. A source that cannot give it says so by a `Missing`. */
export interface ServerNeed {
  /** Extra server settings by the engine's own names. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Password of the administrator; without it the server trusts loopback. */
  readonly password?: string;
  /** The server speaks TLS, and only TLS, with this certificate. */
  readonly tls?: Certificate;
  /** Features that must be there, such as "vector". */
  readonly features?: readonly string[];
}

/** One way to start a server. */
export interface Source {
  readonly name: string;
  /** What its servers can do of what a need may ask: "vector", "tls", "password". */
  readonly offers: readonly string[];
  /** Called only for needs that it offers. @throws with the reason where it does not work on this machine. */
  start(need: ServerNeed): Promise<PrivateServer>;
}

/** Everything the tests know of one engine; the default export of `test/engines/<engine>/provider.ts`. */
export interface EngineProvider {
  readonly engine: string;
  /** Environment variable whose DSN is preferred to starting a server. */
  readonly variable: string;
  /** @throws when nothing answers there, with a message without secrets. */
  describe(dsn: string): Promise<ServerFacts>;
  readonly sources: readonly Source[];
  /** By port: features that the shared server of its conformance suite must have; a port that needs none may run on another one. */
  readonly needs?: Readonly<Partial<Record<string, readonly string[]>>>;
  namespace(server: ServerFacts): Promise<Namespace>;
  /** Makes what was written in a namespace visible to searches, for an engine that shows it later. */
  settle?(dsn: string): Promise<void>;
}

/** What the rules of a project's migrations say of what stands in a place whose server enforces none. */
export interface Ruled {
  /** How many rows were asked, by table or collection. */
  readonly asked: Readonly<Record<string, number>>;
  /** `orders: $.lines[0].org_id: required` */
  readonly refused: readonly string[];
}

export function isMissing(answer: ServerFacts | Missing): answer is Missing {
  return "reason" in answer;
}

/** The column of the closing table: an emulator is named as one wherever its cells are shown. */
export function columnOf(answer: ServerFacts | Missing): string {
  if (isMissing(answer)) return answer.engine;
  const version = answer.kind === "emulator" ? "" : ` ${answer.version}`;
  return `${answer.engine}${version}${answer.kind === "real" ? "" : ` (${answer.kind})`}`;
}
