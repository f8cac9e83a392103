import { DataError } from "../../../templates/runtime/errors.ts";
import {
  newClaim,
  superseded,
  underWay,
  type ViewClaim,
} from "../../../templates/runtime/view-claim.ts";
import type {
  BeginOptions,
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
  claim?: ViewClaim | undefined;
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

  async begin({ fresh = false }: BeginOptions = {}): Promise<ViewGeneration<Thing>> {
    for (const [name, { definition, claim }] of this.#generations) {
      if (name === this.#live) continue;
      if (claim !== undefined && !fresh) throw underWay("things", claim);
      if (fresh || definition !== this.definition) this.#generations.delete(name);
    }
    const begun = [...this.#generations.keys()].find((name) => name !== this.#live);
    const name = begun ?? `g${(this.#made += 1)}`;
    const generation = this.#of(name) ?? {
      definition: this.definition,
      rows: new Map<string, ViewRow<Thing>>(),
      progress: { rows: 0 },
    };
    this.#generations.set(name, generation);
    const claim = newClaim();
    generation.claim = claim;
    const own = (): void => {
      if (this.#of(name)?.claim?.owner !== claim.owner) throw superseded();
    };
    return {
      name,
      resumed: begun === undefined ? undefined : generation.progress,
      writer: this.#writer(generation),
      holds: async (rows) =>
        rows.map(({ key, revision, item }) => {
          const held = generation.rows.get(key);
          return held?.revision === revision && held.item.name === item.name;
        }),
      checkpoint: async (progress) => {
        own();
        generation.progress = progress;
      },
      settle: async () => generation.rows.size,
      release: async () => {
        own();
        generation.claim = undefined;
      },
      publish: async () => {
        own();
        this.#live = name;
        generation.claim = undefined;
        for (const other of this.#generations.keys())
          if (other !== name) this.#generations.delete(other);
        return { rows: generation.rows.size };
      },
    };
  }

  /** A row that nobody fed, in what is being built. */
  slip(row: ViewRow<Thing>): void {
    for (const [name, { rows }] of this.#generations)
      if (name !== this.#live) rows.set(row.key, row);
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
