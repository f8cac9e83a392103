import type { MigrateEvent, StepProgress } from "./migrate.ts";

/** Shows what a run of migrations, or of a view's rebuild, is doing: on a terminal in one line that is written again, else a line per tenth. */
export class ProgressLines {
  readonly #write: (text: string) => void;
  readonly #terminal: boolean;
  /** Of what is under way: what the last line said. */
  #shown = { of: "", mark: -1 };
  #open = false;

  constructor(write: (text: string) => void, terminal: boolean) {
    this.#write = write;
    this.#terminal = terminal;
  }

  show(store: string, event: MigrateEvent): void {
    if (event.kind === "progress") return this.#progress(store, event);
    if (event.kind === "resume")
      this.#line(`${store}: going on with ${event.migration.id} at step ${event.step}`);
    if (event.kind === "waiting") {
      const times = `${event.attempt} ${event.attempt === 1 ? "time" : "times"}`;
      this.#line(`${store}: ${event.migration.id} got no lock (${times}); it tries again`);
    }
  }

  /** Rows copied so far, of an unknown number. */
  copied(view: string, rows: number): void {
    const text = `${view}: ${rows.toLocaleString("en")} rows`;
    this.#amount({ text, of: view, mark: Math.floor(Math.log2(rows + 1)) });
  }

  /** Ends a line that would be written again. */
  end(): void {
    if (this.#open) this.#write("\n");
    this.#open = false;
  }

  #progress(store: string, event: StepProgress): void {
    const of = `${event.migration.id} ${event.step}`;
    this.#amount({ text: `${store}: ${of}: ${amount(event)}`, of, mark: markOf(event) });
  }

  #amount({ text, of, mark }: { text: string; of: string; mark: number }): void {
    if (this.#terminal) {
      this.#write(`\r\u001b[2K${text}`);
      this.#open = true;
      return;
    }
    if (of === this.#shown.of && mark <= this.#shown.mark) return;
    this.#shown = { of, mark };
    this.#line(text);
  }

  #line(text: string): void {
    this.end();
    this.#write(`${text}\n`);
  }
}

/** Tenths done; where nobody knows of how many, how often the count has doubled. */
const markOf = ({ done, total }: StepProgress): number =>
  total === undefined
    ? Math.floor(Math.log2(done + 1))
    : Math.floor((10 * done) / Math.max(1, total));

function amount({ done, total, etaMs }: StepProgress): string {
  const rows = (count: number): string => count.toLocaleString("en");
  if (total === undefined) return `${rows(done)} rows`;
  const percent = Math.floor((100 * done) / Math.max(1, total));
  const left = etaMs === undefined || done === total ? "" : `, ${duration(etaMs)} left`;
  return `${rows(done)} of ${rows(total)} rows, ${percent} %${left}`;
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3_600 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
