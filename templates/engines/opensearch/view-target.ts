import { type Attempt, callOp } from "../../runtime/call.ts";
import { DataError } from "../../runtime/errors.ts";
import type { OpSpec } from "../../runtime/op.ts";
import type { CallOptions } from "../../runtime/options.ts";
import type { ViewGeneration, ViewProgress, ViewState, ViewTarget } from "../../runtime/view.ts";
import type { ViewDeclaration } from "./declaration.ts";
import { expected, fillingAlias, type Generation, Generations } from "./generation.ts";
import type { SearchConnection } from "./session.ts";
import type { StateIndex } from "./state-index.ts";
import { viewWriter } from "./view-writer.ts";

/** What a target needs of its store beside a session. */
export interface TargetConnection extends SearchConnection {
  readonly state: StateIndex;
}

/** What is kept of a generation while it is filled. */
interface Building {
  readonly index: string;
  readonly definition: string;
  readonly after?: string;
  readonly rows: number;
}

/** A view on the cluster: its generations, and how far the next one is. */
export function viewTarget<T>(
  connection: TargetConnection,
  view: ViewDeclaration<T>,
): ViewTarget<T> {
  const generations = new Generations(connection.http, `${connection.prefix}${view.alias}`);
  const context = { connection, view, generations };
  return {
    state: (options) =>
      call(context, "state", "read", options, (attempt) => stateOf(context, attempt)),
    begin: (options) =>
      call(context, "begin", "write", options, async (attempt) => {
        const { index, after, rows } = await building(context, attempt);
        const progress = { rows, ...(after === undefined ? {} : { after }) };
        return generationOf(context, index, progress);
      }),
    live: () => viewWriter(connection, view, generations.alias),
  };
}

interface Context<T> {
  readonly connection: TargetConnection;
  readonly view: ViewDeclaration<T>;
  readonly generations: Generations;
}

async function stateOf<T>(
  { connection, view, generations }: Context<T>,
  attempt: Attempt,
): Promise<ViewState> {
  const [live, held] = await Promise.all([
    generations.live(attempt),
    connection.state.read<Building>(stateId(view), attempt),
  ]);
  const begun = held?.value;
  return {
    ...(live === undefined ? {} : { live: await liveState(live, view, generations, attempt) }),
    ...(begun === undefined
      ? {}
      : {
          building: {
            generation: begun.index,
            rows: begun.rows,
            ...(begun.after === undefined ? {} : { after: begun.after }),
          },
        }),
  };
}

const liveState = async <T>(
  { index, definition }: Generation,
  view: ViewDeclaration<T>,
  generations: Generations,
  attempt: Attempt,
) => ({
  generation: index,
  rows: await generations.count(index, attempt),
  outdated: definition !== view.definition,
});

/** The generation that was begun for this definition and is still there; else an empty one. */
async function building<T>(
  { connection, view, generations }: Context<T>,
  attempt: Attempt,
): Promise<Building> {
  const { state } = connection;
  const definition = expected(await generations.definition(attempt), view.definition, view.view);
  const held = await state.read<Building>(stateId(view), attempt);
  const there = await generations.all(attempt);
  const begun = held?.value;
  const still = there.some(({ index }) => index === begun?.index);
  if (begun !== undefined && still && begun.definition === view.definition) return begun;
  const live = await generations.live(attempt);
  const made = await generations.make(definition, attempt);
  for (const { index } of there) if (index !== live?.index) await generations.drop(index, attempt);
  const value: Building = { index: made.index, definition: view.definition, rows: 0 };
  if (await state.write(stateId(view), value, held, attempt)) return value;
  throw new DataError({
    kind: "conflict",
    message: "another rebuild of this view has begun",
    hint: "call again: it goes on with the one that was begun",
  });
}

function generationOf<T>(
  context: Context<T>,
  index: string,
  progress: ViewProgress,
): ViewGeneration<T> {
  const { connection, view, generations } = context;
  const { state } = connection;
  return {
    name: index,
    progress,
    writer: viewWriter(connection, view, fillingAlias(index), superseded),
    checkpoint: (next, options) =>
      call(context, "checkpoint", "write", options, async (attempt) => {
        const held = await state.read<Building>(stateId(view), attempt);
        if (held?.value.index !== index) throw superseded();
        const value: Building = { index, definition: view.definition, ...next };
        if (!(await state.write(stateId(view), value, held, attempt))) throw superseded();
      }),
    publish: (options) =>
      call(context, "publish", "write", options, async (attempt) => {
        const definition = expected(
          await generations.definition(attempt),
          view.definition,
          view.view,
        );
        await generations.open(index, definition, attempt);
        const rows = await generations.count(index, attempt);
        await generations.publish(index, attempt);
        const held = await state.read<Building>(stateId(view), attempt);
        if (held?.value.index === index) await state.remove(stateId(view), held, attempt);
        return { rows };
      }),
  };
}

const superseded = (): DataError =>
  new DataError({
    kind: "conflict",
    message: "another rebuild of this view has taken over",
    hint: "let one of them run",
  });

const stateId = <T>({ view }: ViewDeclaration<T>): string => `view:${view}`;

/** Each of these may be repeated: what it asks for may be there already. */
function call<T, R>(
  { connection, view }: Context<T>,
  name: string,
  effect: OpSpec["effect"],
  options: CallOptions | undefined,
  work: (attempt: Attempt) => Promise<R>,
): Promise<R> {
  const spec: OpSpec = { operation: `${view.view}.${name}`, effect, collection: view.alias };
  const deadlineMs = options?.deadlineMs ?? patienceMs;
  return callOp(
    connection.runtime,
    spec,
    { ...options, deadlineMs, operation: spec.operation },
    work,
  );
}

/** Making and publishing an index waits for the cluster's manager, and for everything written to become visible. */
const patienceMs = 60_000;
