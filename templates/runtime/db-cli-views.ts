import type { ExitStatus } from "./db-cli-migrate.ts";
import type { ProgressLines } from "./db-cli-progress.ts";
import type { MigrationTarget } from "./migration.ts";
import type { RebuildableView } from "./view-rebuild.ts";
import type { ViewState } from "./view.ts";

/** What a command on views found. */
export interface ViewAnswer {
  readonly lines: readonly string[];
  readonly json: unknown;
  readonly status: ExitStatus;
}

type Views = readonly RebuildableView[];

/** One line per view. Status 1 when one of them does not answer, or answers for an older definition. */
export async function viewStatus(views: Views, store: string | undefined): Promise<ViewAnswer> {
  const wanted = views.filter((view) => (store ?? view.store) === view.store);
  const found = await Promise.all(
    wanted.map(async (view) => ({ view, state: await view.state() })),
  );
  if (found.length === 0)
    return { lines: ["no views in stores of their own"], json: { views: [] }, status: 0 };
  const width = Math.max(...found.map(({ view }) => view.name.length));
  return {
    lines: found.flatMap(({ view, state }) =>
      linesOf(view.name, state).map((line) => `${view.name.padEnd(width)}  ${line}`),
    ),
    json: {
      views: found.map(({ view: { name, store: of }, state }) => ({ name, store: of, ...state })),
    },
    status: found.every(({ state: { live } }) => live !== undefined && !live.outdated) ? 0 : 1,
  };
}

function linesOf(name: string, { live, building }: ViewState): readonly string[] {
  const mend = `npm run db -- views rebuild ${name}`;
  const answering =
    live === undefined
      ? `not built; run ${mend}`
      : `${rows(live.rows)}, generation ${live.generation}${live.outdated ? `; made for an older definition, run ${mend}` : ""}`;
  if (building === undefined) return [answering];
  return [
    answering,
    `generation ${building.generation} begun: ${rows(building.rows)} so far; ${mend} goes on with it`,
  ];
}

const rows = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`;

interface RebuildCommand {
  readonly name: string;
  readonly store?: string | undefined;
  readonly fresh: boolean;
  /** The lock of the view's store keeps migrations and other rebuilds out while this one begins. */
  readonly stores: readonly { readonly name: string; readonly target: MigrationTarget }[];
}

/** As long as another may take to begin. */
const lockPatienceMs = 60_000;

/** Fills a view again from its authority; the one that answers keeps doing so until the new one is whole. */
export async function viewRebuild(
  views: Views,
  { name, store, fresh, stores }: RebuildCommand,
  progress: ProgressLines,
): Promise<ViewAnswer> {
  const view = findView(views, name, store);
  if (view === undefined) return noSuchView(views, name);
  const target = stores.find((each) => each.name === view.store)?.target;
  try {
    const report = await view.rebuild({
      fresh,
      ...(target !== undefined && {
        exclusively: (work) => target.locked(work, lockPatienceMs),
      }),
      onProgress: (done) => progress.copied(name, done.rows),
    });
    const resumed = report.kept === 0 ? "" : `, of which ${rows(report.kept)} by an earlier run`;
    return {
      lines: [`${name}: ${rows(report.rows)} in generation ${report.generation}${resumed}`],
      json: { view: name, store: view.store, ...report },
      status: 0,
    };
  } finally {
    progress.end();
  }
}

/** Measures a view of vectors: how many of the true neighbours it finds, and how fast. */
export async function viewBench(
  views: Views,
  { name, store }: { readonly name: string; readonly store?: string | undefined },
  progress: ProgressLines,
): Promise<ViewAnswer> {
  const view = findView(views, name, store);
  if (view === undefined) return noSuchView(views, name);
  if (view.bench === undefined) {
    const message = `${name} is no view of vectors: there is no recall to measure`;
    return { lines: [message], json: { error: { message } }, status: 2 };
  }
  try {
    const report = await view.bench({ onProgress: (done) => progress.copied(name, done) });
    const { queries, k, callers, recall, p50Ms, p95Ms, p99Ms, perSecond } = report;
    return {
      lines: [
        `${name}: ${rows(report.rows)}, ${queries} queries, ${callers} at a time`,
        `recall@${k} ${recall.toFixed(3)}   p50 ${p50Ms} ms   p95 ${p95Ms} ms   p99 ${p99Ms} ms   ${perSecond} queries/s`,
      ],
      json: { view: name, store: view.store, ...report },
      status: 0,
    };
  } finally {
    progress.end();
  }
}

const findView = (
  views: Views,
  name: string,
  store: string | undefined,
): RebuildableView | undefined =>
  views.find((each) => each.name === name && (store ?? each.store) === each.store);

function noSuchView(views: Views, name: string): ViewAnswer {
  const known = views.map((view) => view.name).join(", ") || "none";
  const message = `there is no view ${name} in a store of its own; there are: ${known}`;
  return { lines: [message], json: { error: { message } }, status: 2 };
}
