import { DataError } from "../../../templates/runtime/errors.ts";
import type {
  ViewChange,
  ViewFeed,
  ViewGeneration,
  ViewOutcome,
  ViewProgress,
  ViewRow,
  ViewTarget,
  ViewWriter,
} from "../../../templates/runtime/view.ts";

export interface Thing {
  readonly name: string;
}

export const thing = (key: string, name: string, revision = 1n): ViewRow<Thing> => ({
  key,
  revision,
  item: { name },
});

/** An authority in memory. */
export const feedOf = (rows: readonly ViewRow<Thing>[]): ViewFeed<Thing> => ({
  page: async (after, limit) => {
    const sorted = rows.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const left = sorted.filter(({ key }) => after === undefined || key > after);
    const page = left.slice(0, limit);
    const last = page.at(-1);
    return left.length > limit && last !== undefined
      ? { rows: page, next: last.key }
      : { rows: page };
  },
});

interface Generation {
  readonly definition: string;
  readonly rows: Map<string, ViewRow<Thing>>;
  progress: ViewProgress;
}

/** A view's store in memory: revisions hold, what is not published is not seen. */
export class MemoryView implements ViewTarget<Thing> {
  definition = "first";
  /** Keys whose writes fail. */
  readonly refused = new Set<string>();
  /** Fails this many writes from now. */
  breaks = 0;
  written = 0;
  readonly #generations = new Map<string, Generation>();
  #live: string | undefined;
  #made = 0;

  async state() {
    const live = this.#of(this.#live);
    const building = [...this.#generations].find(([name]) => name !== this.#live);
    return {
      ...(live !== undefined && {
        live: {
          generation: this.#live ?? "",
          rows: live.rows.size,
          outdated: live.definition !== this.definition,
        },
      }),
      ...(building !== undefined && {
        building: { generation: building[0], ...building[1].progress },
      }),
    };
  }

  async begin(): Promise<ViewGeneration<Thing>> {
    for (const [name, { definition }] of this.#generations)
      if (name !== this.#live && definition !== this.definition) this.#generations.delete(name);
    const begun = [...this.#generations.keys()].find((name) => name !== this.#live);
    const name = begun ?? `g${(this.#made += 1)}`;
    const generation = this.#of(name) ?? {
      definition: this.definition,
      rows: new Map<string, ViewRow<Thing>>(),
      progress: { rows: 0 },
    };
    this.#generations.set(name, generation);
    return {
      name,
      progress: generation.progress,
      writer: this.#writer(generation),
      checkpoint: async (progress) => {
        generation.progress = progress;
      },
      publish: async () => {
        this.#live = name;
        for (const other of this.#generations.keys())
          if (other !== name) this.#generations.delete(other);
        return { rows: generation.rows.size };
      },
    };
  }

  live(): ViewWriter<Thing> {
    const generation = this.#of(this.#live);
    if (generation === undefined) throw new Error("nothing is live");
    return this.#writer(generation);
  }

  /** What a reader sees. */
  answers(): readonly string[] {
    return [...(this.#of(this.#live)?.rows.values() ?? [])].map(({ item }) => item.name).toSorted();
  }

  #of(name: string | undefined): Generation | undefined {
    return name === undefined ? undefined : this.#generations.get(name);
  }

  #writer({ rows }: Generation): ViewWriter<Thing> {
    return {
      write: async (changes) => {
        if (this.breaks > 0) {
          this.breaks -= 1;
          throw new DataError({ kind: "unavailable", message: "the view is away" });
        }
        this.written += changes.length;
        return changes.map((change) => this.#apply(rows, change));
      },
    };
  }

  #apply(rows: Map<string, ViewRow<Thing>>, change: ViewChange<Thing>): ViewOutcome {
    if (this.refused.has(change.key)) {
      const error = new DataError({ kind: "constraint", message: "the document is too large" });
      return { kind: "failed", error };
    }
    const known = rows.get(change.key);
    if (known !== undefined && known.revision >= change.revision) return { kind: "stale" };
    if (change.kind === "delete") rows.delete(change.key);
    else rows.set(change.key, change);
    return { kind: "written" };
  }
}
