import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import pg from "pg";
import { sendCancelRequest } from "./cancel-request.ts";
import { beforeSending, classify, FaultError, isStalePlan } from "./errors.ts";
import { AbandonedWatch, type Watched } from "./abandoned-watch.ts";
import { ExchangeEncoder } from "./exchange-encoder.ts";
import { Submission, type Carrier } from "./submission.ts";
import type { Connection, Exchange } from "./wire.ts";

/** How to reach one server, and how its sessions begin. */
export interface ConnectionTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  readonly tls: ConnectionOptions | undefined;
  readonly connectTimeoutMs: number;
  /** Settings of the startup message. */
  readonly settings: Readonly<Record<string, string>>;
  /** False for PgBouncer in transaction mode: statements go unnamed. */
  readonly named: boolean;
}

/** A cancel request may hit a neighbour within this time. */
const strayCancelMs = 5_000;
const endMs = 2_000;

/** What the published types of `pg` leave out. */
interface ClientInternals {
  readonly connection: { readonly stream: Socket };
  readonly processID: number;
  readonly secretKey: number;
}

/** A client whose startup message carries settings as parameters of their own: PgBouncer ignores or refuses `options`. */
class SessionClient extends pg.Client {
  readonly #startup: Readonly<Record<string, string>>;

  constructor(target: ConnectionTarget) {
    super({
      host: target.host,
      port: target.port,
      user: target.user,
      password: target.password ?? "",
      database: target.database,
      ssl: target.tls ?? false,
      connectionTimeoutMillis: target.connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      pipeline: true,
    } as pg.ClientConfig);
    this.#startup = { user: target.user, database: target.database, ...target.settings };
  }

  getStartupConf(): Readonly<Record<string, string>> {
    return this.#startup;
  }
}

/** One session on a server. Carries any number of exchanges at once; the server answers them in order, each its own transaction. */
export class PgConnection implements Connection, Carrier, Watched {
  readonly #target: ConnectionTarget;
  readonly #client: SessionClient;
  readonly #wire: ClientInternals;
  readonly #encoder: ExchangeEncoder;
  #corked = false;
  #sent = 0;
  #done = 0;
  #lost: unknown = undefined;
  #lastCancel = 0;
  readonly #watch = new AbandonedWatch(this);
  #cancelling: Promise<void> | undefined;
  readonly #onLost: ((error: unknown) => void)[] = [];

  private constructor(target: ConnectionTarget, client: SessionClient) {
    this.#target = target;
    this.#client = client;
    this.#encoder = new ExchangeEncoder(target.named);
    this.#wire = client as unknown as ClientInternals;
    client.on("error", (error) => this.#lose(error));
    client.on("end", () => this.#lose(new Error("Connection terminated")));
  }

  /** @throws FaultError, not-applied */
  static async open(target: ConnectionTarget): Promise<PgConnection> {
    const client = new SessionClient(target);
    client.on("error", () => {});
    try {
      await client.connect();
      return new PgConnection(target, client);
    } catch (error) {
      client.end().catch(() => {});
      throw beforeSending(error);
    }
  }

  get lost(): boolean {
    return this.#lost !== undefined;
  }

  get answered(): number {
    return this.#done;
  }

  /** Sent and not answered. */
  get inFlight(): number {
    return this.#sent - this.#done;
  }

  /** The cancel request under way: until it has arrived, the connection should not be lent to somebody else. */
  get cancelling(): Promise<void> | undefined {
    return this.#cancelling;
  }

  onLost(listener: (error: unknown) => void): void {
    this.#onLost.push(listener);
  }

  submit(exchange: Exchange): void {
    if (this.#lost !== undefined) return exchange.failed(beforeSending(this.#lost));
    let frames: Buffer;
    try {
      frames = this.#encoder.encode(exchange);
    } catch (error) {
      return exchange.failed(beforeSending(error));
    }
    const submission = new Submission(exchange, frames, this, this.#sent);
    this.#sent += 1;
    exchange.flight = submission;
    this.#client.query(submission as unknown as pg.Query);
  }

  write({ exchange, frames }: Submission): void {
    exchange.sending();
    const { stream } = this.#wire.connection;
    if (!this.#corked) {
      this.#corked = true;
      stream.cork();
      process.nextTick(() => this.#uncork());
    }
    stream.write(frames);
  }

  finished(submission: Submission, error: unknown): void {
    this.#done += 1;
    this.#watch.finished(submission);
    const { exchange } = submission;
    exchange.flight = undefined;
    if (error === undefined) this.#encoder.confirm(exchange);
    else exchange.failed(this.#judged(submission, error));
  }

  abandon(submission: Submission): void {
    if (this.#lost === undefined) this.#watch.add(submission);
  }

  /** The server is silent. */
  giveUp(): void {
    this.destroy(new Error("Connection terminated: no reply"));
  }

  destroy(error: unknown): void {
    if (this.inFlight > 0 && this.#lost === undefined) this.cancelHead();
    this.#lose(error);
    const { stream } = this.#wire.connection;
    stream.destroy();
  }

  /** Ends the session after what is in flight, or after 2 s. Resolves when the socket is closed. */
  async end(): Promise<void> {
    this.#lost ??= new Error("Connection terminated");
    const force = setTimeout(() => this.#wire.connection.stream.destroy(), endMs);
    await this.#client.end();
    clearTimeout(force);
  }

  #uncork(): void {
    this.#corked = false;
    this.#wire.connection.stream.uncork();
  }

  #judged(submission: Submission, error: unknown): unknown {
    const fault = classify(error);
    this.#encoder.distrust(submission.exchange, isStalePlan(fault));
    if (fault.fatal) this.#lose(error);
    const stray =
      fault.code === "57014" &&
      submission.cancelledAt < 0 &&
      performance.now() - this.#lastCancel < strayCancelMs;
    if (!stray) return error;
    return new FaultError(
      "cancelled in place of a neighbour",
      { ...fault, transient: true },
      error,
    );
  }

  cancelHead(): void {
    const { host, port, tls } = this.#target;
    const { processID: processId, secretKey } = this.#wire;
    this.#lastCancel = performance.now();
    const request = sendCancelRequest({ host, port, tls, processId, secretKey }).then(() => {
      this.#lastCancel = performance.now();
      if (this.#cancelling === request) this.#cancelling = undefined;
    });
    this.#cancelling = request;
  }

  #lose(error: unknown): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    this.#watch.stop();
    for (const listener of this.#onLost.splice(0)) listener(error);
    this.#wire.connection.stream.destroy();
  }
}
