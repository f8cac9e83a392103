import type { Text, TextRow } from "./statement.ts";
import type { Bound, Exchange, Flight, Lane } from "./wire.ts";

/** An exchange of the driver's own, outside any call: for set-up, probes, migrations and the frame of a transaction. */
export class Question implements Exchange {
  readonly prepared: Bound["prepared"];
  readonly values: readonly Text[];
  readonly binding: Bound | undefined;
  readonly script: boolean;
  readonly settled = false;
  flight: Flight | undefined = undefined;
  /** The command tag, once answered. */
  tag = "";
  readonly answer: Promise<readonly TextRow[]>;
  #resolve!: (rows: readonly TextRow[]) => void;
  #reject!: (error: unknown) => void;

  constructor(text: string, values: readonly Text[] = [], script = false, binding?: Bound) {
    this.prepared = { name: "", text };
    this.values = values;
    this.script = script;
    this.binding = binding;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  sending(): void {}

  answered(rows: readonly TextRow[], tag: string): void {
    this.tag = tag;
    this.#resolve(rows);
  }

  failed(error: unknown): void {
    this.#reject(error);
  }
}

/** Runs one unnamed statement. Rejects with the driver's error. */
export const ask = (
  lane: Lane,
  text: string,
  values: readonly Text[] = [],
): Promise<readonly TextRow[]> => {
  const question = new Question(text, values);
  lane.submit(question);
  return question.answer;
};

/** Runs a text of several statements. Rejects with the driver's error. */
export const askScript = (lane: Lane, script: string): Promise<readonly TextRow[]> => {
  const question = new Question(script, [], true);
  lane.submit(question);
  return question.answer;
};
