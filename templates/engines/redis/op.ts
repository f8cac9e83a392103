import {
  type AbandonReason,
  Op,
  type OpOptions,
  type OpRuntime,
  type OpSpec,
} from "../../runtime/op.ts";

/** A reply as the driver decodes it. */
export type Reply = string | number | null | readonly Reply[];
export type Argument = string | number | Buffer;

/** Looks at a reply before the caller gets it. @throws DataError where the reply means that nothing was done */
export type Judge = (reply: Reply) => void;

/** Sends commands. */
export interface RedisCaller {
  /** Milliseconds that a call has which names no deadline. */
  readonly defaultDeadlineMs: number;
  call(
    spec: OpSpec,
    name: string,
    args: readonly Argument[],
    options?: OpOptions,
    judge?: Judge,
  ): Promise<Reply>;
}

/** Brings attempts to a server. */
export interface Dispatcher {
  dispatch(op: RedisOp): void;
  /** The caller was answered by deadline or abort. */
  forget(op: RedisOp, reason: AbandonReason): void;
  /** True when an error reply only says where else to ask, and the attempt is on its way there. */
  redirected?(op: RedisOp, error: Error): boolean;
}

/** One command: an attempt is one request and its reply. */
export class RedisOp extends Op<Reply> {
  readonly name: string;
  readonly args: readonly Argument[];
  /** How often a cluster's node sent this attempt elsewhere. */
  redirections = 0;
  /** The next request is preceded by ASKING. */
  asking = false;
  /** The connection and the node's address that the attempt is on, in a cluster. */
  at: Dispatcher | undefined = undefined;
  node: string | undefined = undefined;
  readonly #dispatcher: Dispatcher;
  readonly #judge: Judge | undefined;

  constructor(
    dispatcher: Dispatcher,
    runtime: OpRuntime,
    spec: OpSpec,
    name: string,
    args: readonly Argument[],
    options: OpOptions | undefined,
    judge: Judge | undefined,
  ) {
    super(runtime, spec, options);
    this.#dispatcher = dispatcher;
    this.#judge = judge;
    this.name = name;
    this.args = args;
  }

  /** The server's reply. */
  answered(reply: Reply): void {
    if (this.#judge !== undefined) {
      try {
        this.#judge(reply);
      } catch (error) {
        return this.fail(error);
      }
    }
    this.succeed(reply);
  }

  /** The server's error reply. */
  rejected(error: Error): void {
    if (this.settled || this.#dispatcher.redirected?.(this, error) === true) return;
    this.fail(error);
  }

  protected override send(): void {
    this.redirections = 0;
    this.asking = false;
    this.#dispatcher.dispatch(this);
  }

  protected override abandon(reason: AbandonReason): void {
    this.#dispatcher.forget(this, reason);
  }
}
