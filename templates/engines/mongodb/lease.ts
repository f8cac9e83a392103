import type { ClientSession } from "mongodb";
import { programmingError } from "../../runtime/errors.ts";

/** A transaction's hold of its driver session: one command at a time, as the driver asks, and none after the end. */
export class TransactionLease {
  readonly session: ClientSession;
  /** Rejects when everything pending was given up. */
  readonly lost: Promise<never>;
  /** Why a command failed last, if one did. */
  reason: unknown = undefined;
  readonly #giveUp: (reason: Error) => void;
  #last: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(session: ClientSession) {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.session = session;
    this.lost = promise;
    this.#giveUp = reject;
  }

  /** Runs `work` after what was asked before it. @throws DataError programming after the end */
  run<T>(work: (session: ClientSession) => Promise<T>): Promise<T> {
    if (this.#ended) return Promise.reject(ended());
    const turn = this.#last.then(() => Promise.race([work(this.session), this.lost]));
    this.#last = turn.catch((error: unknown) => {
      this.reason = error;
    });
    return turn;
  }

  /** Nothing is begun any more; resolves when what is under way is done. */
  end(): Promise<unknown> {
    this.#ended = true;
    return this.#last;
  }

  /** Everything pending fails now. */
  abandon(reason: Error): void {
    this.#ended = true;
    this.reason = reason;
    this.#giveUp(reason);
  }
}

const ended = (): Error =>
  programmingError("its transaction has ended", {
    hint: "await every call on tx inside the callback, and keep tx to the callback",
  });
