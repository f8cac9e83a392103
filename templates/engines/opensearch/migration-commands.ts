import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Attempt } from "../../runtime/call.ts";
import { DataError, programmingError } from "../../runtime/errors.ts";
import { part } from "./answer.ts";
import type { HttpClient } from "./client.ts";
import {
  fillingAlias,
  fingerprintOf,
  type Generation,
  Generations,
  incomplete,
  type IndexDefinition,
  isIncomplete,
  isMadeBy,
} from "./generation.ts";
import { overtaken } from "./migration-lock.ts";
import type { MigrationCommand, VerifyQuery } from "./migration-step.ts";

/** Where commands run. */
export interface CommandContext {
  readonly http: HttpClient;
  readonly prefix: string;
  /** Runs one request, or a few, under a deadline of their own. */
  readonly ask: <T>(work: (attempt: Attempt) => Promise<T>) => Promise<T>;
  /** Asked before each thing that is done. @throws DataError conflict when another migrator has taken the lock over */
  readonly fence: (attempt: Attempt) => Promise<void>;
}

export const generationsOf = ({ http, prefix }: CommandContext, alias: string): Generations =>
  new Generations(http, `${prefix}${alias}`);

export async function runCommand(
  context: CommandContext,
  command: MigrationCommand,
): Promise<void> {
  const ask = fenced(context);
  if ("defineView" in command) {
    const generations = generationsOf(context, command.defineView);
    await ask((attempt) => generations.define(command.definition, attempt));
  } else if ("dropView" in command) await dropView(context, command.dropView);
  else if ("copyView" in command) await copyView(context, command);
  else if ("discardCopy" in command) await discardCopies(context, command.discardCopy);
  else throw programmingError(`an unknown command: ${Object.keys(command).join(", ")}`);
}

/** Requests that are refused to whoever has lost the lock. */
const fenced =
  ({ ask, fence }: CommandContext): CommandContext["ask"] =>
  (work) =>
    ask(async (attempt) => {
      await fence(attempt);
      return work(attempt);
    });

async function dropView(context: CommandContext, alias: string): Promise<void> {
  const generations = generationsOf(context, alias);
  await fenced(context)(async (attempt) => {
    for (const { index } of await generations.all(attempt)) await generations.drop(index, attempt);
    await generations.undefine(attempt);
  });
}

/** What was begun and does not answer yet, but for the one to keep. */
async function discardCopies(context: CommandContext, alias: string, kept?: string): Promise<void> {
  const generations = generationsOf(context, alias);
  await fenced(context)(async (attempt) => {
    const live = await generations.live(attempt);
    const begun =
      live === undefined ? await generations.all(attempt) : await generations.newer(live, attempt);
    for (const { index } of begun) if (index !== kept) await generations.drop(index, attempt);
  });
}

type CopyView = Extract<MigrationCommand, { readonly copyView: string }>;

/**
 * What is written to the old generation while it is copied comes with a second pass after the swap; the external revisions let it replace
 * nothing that is newer. Broken off, it goes on with that pass where the alias has been swapped, else from the start. A migrator that hung
 * while another took over finds its copy gone, or the alias elsewhere: the swap is refused.
 */
async function copyView(context: CommandContext, command: CopyView): Promise<void> {
  const ask = fenced(context);
  const owner = randomUUID();
  const generations = generationsOf(context, command.copyView);
  const [live, definition] = await ask((attempt) =>
    Promise.all([generations.live(attempt), generations.definition(attempt)]),
  );
  if (live === undefined) return;
  if (definition === undefined)
    throw programmingError(`${command.copyView} has no definition to copy by`);
  const script = scriptOf(command);
  if (isMadeBy(live, fingerprintOf(definition)))
    return finishCopy(context, generations, live, script);
  const by = copyDefinition(command, live, definition);
  const made = await ask((attempt) => generations.make(by, owner, attempt));
  await discardCopies(context, command.copyView, made.index);
  await ask((attempt) => generations.refresh(live.index, attempt));
  await reindex(context, live.index, fillingAlias(made.index, owner), script);
  await ask((attempt) => generations.open(made.index, definition, attempt));
  await ask(async (attempt) => {
    // Told again after a lost reply, it finds the alias swapped.
    if ((await generations.live(attempt))?.index === made.index) return;
    if (!(await generations.swap(made.index, owner, live.index, attempt))) throw overtaken();
  });
  await finishCopy(context, generations, made, script);
}

/** What the copied generation lacked before is lacking in the copy too. */
function copyDefinition(
  { incomplete: some, lacking = [], renamed = {} }: CopyView,
  live: Generation,
  definition: IndexDefinition,
): IndexDefinition {
  if (some !== true && lacking.length === 0 && !isIncomplete(live)) return definition;
  const before = live.lacking.map((name) => renamed[name] ?? name);
  return incomplete(definition, [...new Set([...before, ...lacking])]);
}

/** The second pass over each generation that answered before, and its end. */
async function finishCopy(
  context: CommandContext,
  generations: Generations,
  live: Generation,
  script: object | undefined,
): Promise<void> {
  const ask = fenced(context);
  for (const { index } of await ask((attempt) => generations.older(live, attempt))) {
    await ask((attempt) => generations.seal(index, attempt));
    await reindex(context, index, generations.alias, script);
    await ask((attempt) => generations.drop(index, attempt));
  }
}

/** Names are parameters: text of the user is no part of a script. */
function scriptOf({ renamed = {}, removed = [] }: CopyView): object | undefined {
  if (Object.keys(renamed).length === 0 && removed.length === 0) return undefined;
  return {
    lang: "painless",
    source:
      "def item = ctx._source.item; if (item != null) { " +
      "for (name in params.removed) { item.remove(name) } " +
      "for (pair in params.renamed.entrySet()) { if (item.containsKey(pair.getKey())) " +
      "{ item[pair.getValue()] = item.remove(pair.getKey()) } } }",
    params: { renamed, removed },
  };
}

const pollMs = 100;

/** As a task of the cluster, so that no connection has to hold as long as it takes; into an alias, so that it makes no index by itself. */
async function reindex(
  { http, ask }: CommandContext,
  from: string,
  to: string,
  script: object | undefined,
): Promise<void> {
  const body = {
    conflicts: "proceed",
    source: { index: from, size: 1_000 },
    dest: { index: to, version_type: "external" },
    ...(script === undefined ? {} : { script }),
  };
  const query = { wait_for_completion: "false", require_alias: "true" };
  const begun = await ask((attempt) =>
    http.send({ method: "POST", path: "/_reindex", query, body }, attempt),
  );
  const task = encodeURIComponent(String(part(begun, "task")));
  for (;;) {
    const state = await ask((attempt) =>
      http.send({ method: "GET", path: `/_tasks/${task}` }, attempt),
    );
    if (part(state, "completed") === true) return ended(state);
    await pause(pollMs);
  }
}

/** Documents that the new definition refuses are named by their number and the first reason's type: their text is the user's. */
function ended(state: unknown): void {
  const failures = part(state, "response", "failures");
  const broken = part(state, "error", "type");
  const first: unknown = Array.isArray(failures) ? failures[0] : undefined;
  if (first === undefined && broken === undefined) return;
  const type = part(first, "cause", "type") ?? part(first, "type") ?? broken;
  const count = Array.isArray(failures) ? failures.length : 0;
  throw new DataError({
    kind: "constraint",
    message: `the copy was refused: ${String(type)}${count === 0 ? "" : ` for ${count} or more documents`}`,
    hint: "rebuild the view from its authority: npm run db -- views rebuild NAME",
  });
}

/** What a step of this engine leaves, looked at from outside. A generation that is to be copied from once more is not left behind. */
export async function holds(context: CommandContext, query: VerifyQuery): Promise<boolean> {
  const generations = generationsOf(context, query.view);
  const [live, definition] = await context.ask((attempt) =>
    Promise.all([generations.live(attempt), generations.definition(attempt)]),
  );
  if (fingerprintOf(definition) !== query.definition) return false;
  if (query.definedOnly === true || live === undefined) return true;
  if (!isMadeBy(live, query.definition)) return false;
  return (await context.ask((attempt) => generations.older(live, attempt))).length === 0;
}
