/** A contender of its own process: its code is compiled for it alone, and while another measures it is idle. */
import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a contender module opens: calls by name. */
export interface Calls {
  readonly calls: Readonly<Record<string, () => Promise<unknown>>>;
  close(): Promise<void>;
}

export type OpenCalls = (given: Readonly<Record<string, string | number>>) => Promise<Calls>;

/** What to measure: `callers` loops that call again as soon as they have their answer. */
export interface Load {
  readonly call: string;
  readonly callers: number;
  readonly ms: number;
}

export interface Measured {
  readonly perSecond: number;
  /** CPU time of the contender's process per call, µs. */
  readonly cpuUs: number;
  /** Nine calls of ten took longer than this, µs: what a call takes that nobody disturbed. */
  readonly swiftUs: number;
}

const main = fileURLToPath(new URL("contender-main.ts", import.meta.url));

export class ContenderProcess {
  readonly #child: ChildProcess;
  #answer: ((message: { result?: Measured; failure?: string }) => void) | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (message) => this.#answer?.(message as { result?: Measured }));
    child.on("exit", (code) => this.#answer?.({ failure: `ended with ${code}` }));
  }

  /** @throws when it cannot be opened */
  static async start(
    module: string,
    given: Readonly<Record<string, string | number>>,
    execArgv: readonly string[] = [],
  ): Promise<ContenderProcess> {
    const child = fork(main, [module, JSON.stringify(given)], { execArgv: [...execArgv] });
    const contender = new ContenderProcess(child);
    await contender.#next();
    return contender;
  }

  /** @throws when a call failed */
  async measure(load: Load): Promise<Measured> {
    const answer = this.#next();
    this.#child.send(load);
    const result = await answer;
    if (result === undefined) throw new Error("a measurement without a result");
    return result;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise((done) => this.#child.once("exit", done));
    this.#child.disconnect();
    await gone;
  }

  #next(): Promise<Measured | undefined> {
    return new Promise((done, fail) => {
      this.#answer = ({ result, failure }) => {
        this.#answer = undefined;
        if (failure === undefined) done(result);
        else fail(new Error(failure));
      };
    });
  }
}
