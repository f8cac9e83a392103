import { type Attempt, callOp } from "../../runtime/call.ts";
import { isDataError } from "../../runtime/errors.ts";
import type { OpSpec } from "../../runtime/op.ts";
import type { CallOptions } from "../../runtime/options.ts";
import {
  isSameClaim,
  newClaim,
  silentClaim,
  superseded,
  underWay,
  type ViewClaim,
} from "../../runtime/view-claim.ts";
import type { ViewGeneration, ViewProgress, ViewState, ViewTarget } from "../../runtime/view.ts";
import type { ViewDeclaration } from "./declaration.ts";
import { expected, fillingAlias, type Generation, Generations } from "./generation.ts";
import type { SearchConnection } from "./session.ts";
import type { Held, StateIndex } from "./state-index.ts";
import { heldRows } from "./view-held.ts";
import { viewWriter } from "./view-writer.ts";

/** What a target needs of its store beside a session. */
export interface TargetConnection extends SearchConnection {
  readonly state: StateIndex;
}

/** What is kept of a generation while it is filled. */
interface Building {
  readonly index: string;
  readonly definition: string;
  readonly rows: number;
  readonly claim?: ViewClaim | undefined;
}

/** A view on the cluster: its generations, and how far the next one is. */
export function viewTarget<T>(
  connection: TargetConnection,
  view: ViewDeclaration<T>,
): ViewTarget<T> {
  connection.fit.watch(view);
  const generations = new Generations(connection.http, `${connection.prefix}${view.alias}`);
  const context = { connection, view, generations };
  return {
    state: (options) =>
      call(context, "state", "read", options, (attempt) => stateOf(context, attempt)),
    begin: async ({ fresh = false, ...options } = {}) => {
      const read = async (attempt: Attempt) => (await heldOf(context, attempt))?.value.claim;
      const silent = fresh
        ? undefined
        : await silentClaim(view.view, () => call(context, "begin", "read", options, read));
      const taking = { claim: newClaim(), silent, fresh };
      const begun = await call(context, "begin", "write", options, (attempt) =>
        building(context, taking, attempt),
      );
      return generationOf(context, begun);
    },
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
    heldOf({ connection, view }, attempt),
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

/** How a rebuild begins. */
interface Taking {
  readonly claim: ViewClaim;
  /** The claim of another that may be taken over, as it was seen last. */
  readonly silent: ViewClaim | undefined;
  readonly fresh: boolean;
}

interface Begun {
  readonly index: string;
  readonly claim: ViewClaim;
  readonly resumed?: ViewProgress | undefined;
}

/**
 * The generation that was begun for this definition and is still there; else an empty one. It is claimed before anything is dropped or made,
 * under a name that no other claim has had: whoever was first is the only one who goes on. Repeated, it finds its own claim.
 */
async function building<T>(
  context: Context<T>,
  { claim, silent, fresh }: Taking,
  attempt: Attempt,
): Promise<Begun> {
  const { connection, view, generations } = context;
  const definition = expected(await generations.definition(attempt), view.definition, view.view);
  const held = await heldOf(context, attempt);
  const begun = held?.value;
  const own = begun?.claim?.owner === claim.owner;
  if (begun?.claim !== undefined && !own && !fresh && !isSameClaim(begun.claim, silent))
    throw underWay(view.view, begun.claim);
  const take = async (value: Building): Promise<void> => {
    if (await connection.state.write(stateId(view), value, held, attempt)) return;
    throw underWay(view.view, (await heldOf(context, attempt))?.value.claim);
  };
  const there = await generations.all(attempt);
  const usable = begun?.definition === view.definition && (own || !fresh);
  if (begun !== undefined && usable && there.some(({ index }) => index === begun.index)) {
    await take({ ...begun, claim });
    if (!(await generations.takeOver(begun.index, claim.owner, attempt))) throw superseded();
    return { index: begun.index, claim, resumed: { rows: begun.rows } };
  }
  const live = await generations.live(attempt);
  const index = await generations.next(attempt, begun?.index);
  await take({ index, definition: view.definition, rows: 0, claim });
  await generations.make(definition, claim.owner, attempt, index);
  for (const other of there)
    if (other.index !== live?.index) await generations.drop(other.index, attempt);
  return { index, claim };
}

function generationOf<T>(context: Context<T>, { index, claim, resumed }: Begun): ViewGeneration<T> {
  const { connection, view, generations } = context;
  const { state } = connection;
  const filling = fillingAlias(index, claim.owner);
  const own = (held: Held<Building> | undefined): held is Held<Building> =>
    held?.value.claim?.owner === claim.owner;
  /** One more beat. @throws DataError conflict when the claim is another's */
  const beat = async (attempt: Attempt, progress?: ViewProgress): Promise<void> => {
    const held = await heldOf(context, attempt);
    if (!own(held)) throw superseded();
    const next = { ...claim, beat: (held.value.claim?.beat ?? 0) + 1 };
    const value: Building = { ...held.value, ...progress, claim: next };
    if (!(await state.write(stateId(view), value, held, attempt))) throw superseded();
  };
  return {
    name: index,
    resumed,
    writer: viewWriter(connection, view, filling, superseded),
    holds: (rows, options) =>
      call(context, "holds", "read", options, (attempt) =>
        heldRows(connection, view, { index: filling, rows }, attempt),
      ),
    checkpoint: (progress, options) =>
      call(context, "checkpoint", "write", options, (attempt) => beat(attempt, progress)),
    settle: (options) =>
      call(context, "settle", "write", options, async (attempt) => {
        await generations.refresh(index, attempt);
        return generations.countAll(index, attempt);
      }).catch((error: unknown) => {
        throw isLost(error) ? superseded() : error;
      }),
    release: (options) =>
      call(context, "release", "write", options, async (attempt) => {
        const held = await heldOf(context, attempt);
        if (!own(held)) return;
        const { claim: _, ...value } = held.value;
        await state.write(stateId(view), value, held, attempt);
      }),
    publish: (options) =>
      call(context, "publish", "write", options, async (attempt) => {
        // Told again after a lost reply, it finds itself published.
        const live = await generations.live(attempt);
        if (live?.index !== index) {
          await beat(attempt);
          const definition = expected(
            await generations.definition(attempt),
            view.definition,
            view.view,
          );
          await generations.open(index, definition, attempt);
          if (!(await generations.publish(index, claim.owner, attempt))) throw superseded();
        }
        const held = await heldOf(context, attempt);
        if (own(held)) await state.remove(stateId(view), held, attempt);
        return { rows: await generations.count(index, attempt) };
      }),
  };
}

const heldOf = <T>(
  { connection, view }: Pick<Context<T>, "connection" | "view">,
  attempt: Attempt,
): Promise<Held<Building> | undefined> => connection.state.read<Building>(stateId(view), attempt);

const isLost = (error: unknown): boolean =>
  isDataError(error) && error.code === "index_not_found_exception";

const stateId = <T>({ view }: ViewDeclaration<T>): string => `view:${view}`;

/** Each of these may be repeated: what it asks for may be there already. */
function call<T, R>(
  { connection, view }: Context<T>,
  name: string,
  effect: OpSpec["effect"],
  options: CallOptions | undefined,
  work: (attempt: Attempt) => Promise<R>,
): Promise<R> {
  const spec: OpSpec = {
    operation: `${view.view}.${name}`,
    effect,
    collection: view.alias,
    repeatable: true,
  };
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
