import { createHash } from "node:crypto";
import { type Attempt, callOp } from "../../runtime/call.ts";
import { DataError, isDataError } from "../../runtime/errors.ts";
import { amended } from "../../runtime/failure.ts";
import { hasDirection } from "../../runtime/hybrid.ts";
import type { OpSpec } from "../../runtime/op.ts";
import type { CallOptions } from "../../runtime/options.ts";
import type { ViewChange, ViewOutcome, ViewRow, ViewWriter } from "../../runtime/view.ts";
import { neverBuilt, part } from "./answer.ts";
import type { ViewDeclaration } from "./declaration.ts";
import { classify, RefusedItems, ruleOf, typeOf, UnexpectedAnswer } from "./errors.ts";
import type { SearchConnection } from "./session.ts";

/** OS-02: a bulk of 1,000 to 5,000 operations and 5 to 15 MB. */
const bulkOperations = 1_000;
const bulkCharacters = 5_000_000;
/** What `http.max_content_length` lets through unless configured. */
const largestDocument = 100 * 1024 * 1024;
/** Of a request that a server with a lower limit refuses, halves may pass. */
const tooLarge = "413";
const largestRevision = 2n ** 63n - 1n;
const longestId = 512;

/**
 * Writes into one alias. Every document carries its revision as an external version, so an older one never replaces a newer one; what is
 * deleted stays as a document of key and revision alone, which no search finds.
 */
export function viewWriter<T>(
  connection: SearchConnection,
  view: ViewDeclaration<T>,
  alias: string,
  gone: () => DataError = () => neverBuilt(view.view),
): ViewWriter<T> {
  const spec: OpSpec = {
    operation: `${view.view}.write`,
    effect: "write",
    collection: view.alias,
    repeatable: true,
  };
  return {
    write: async (changes, options) => {
      const outcomes: (ViewOutcome | undefined)[] = changes.map(() => undefined);
      const lines = changes.map((change) => linesOf(view, change));
      lines.forEach((line, at) => {
        if (typeof line !== "string") outcomes[at] = { kind: "failed", error: line };
      });
      for (const chunk of chunksOf(lines, outcomes))
        await writeChunk(connection, { view, alias, gone, spec, lines, outcomes }, chunk, options);
      return outcomes.map((outcome) => outcome ?? { kind: "stale" });
    },
  };
}

interface Bulk<T> {
  readonly view: ViewDeclaration<T>;
  readonly alias: string;
  /** What it means that the alias is not there. */
  readonly gone: () => DataError;
  readonly spec: OpSpec;
  readonly lines: readonly (string | DataError)[];
  readonly outcomes: (ViewOutcome | undefined)[];
}

/** What is read of an answer: an error as a whole, and of each document what became of it. The rest would be most of it. */
const toldOfItems = "error,status,items.index.status,items.index.error";

/** Sends what is undecided until all is decided, or the call's attempts are used up. */
async function writeChunk<T>(
  connection: SearchConnection,
  bulk: Bulk<T>,
  chunk: readonly number[],
  options: CallOptions | undefined,
): Promise<void> {
  const { outcomes, spec } = bulk;
  const undecided = (): readonly number[] => chunk.filter((at) => outcomes[at] === undefined);
  // A replay finds its own revision and changes nothing: it is as safe as a read.
  const replayable = { ...options, operation: spec.operation };
  try {
    await callOp(connection.runtime, spec, replayable, (attempt) =>
      attemptChunk(connection, bulk, undecided(), attempt),
    );
  } catch (error) {
    if (!isDataError(error)) throw error;
    const left = undecided();
    if (error.code === tooLarge && left.length > 1) {
      const middle = Math.ceil(left.length / 2);
      await writeChunk(connection, bulk, left.slice(0, middle), options);
      return writeChunk(connection, bulk, left.slice(middle), options);
    }
    const single = chunk.length === 1 && error.kind === "programming";
    if (!single && (left.length === chunk.length || error.kind !== "overloaded"))
      throw error.kind === "outcome-unknown" ? repeatable(error) : error;
    for (const at of left) outcomes[at] = { kind: "failed", error };
  }
}

/** Callers of a view's writer have revisions where others have operation ids. */
function repeatable(error: DataError): DataError {
  const hint = "write the same changes again: what was applied is stale then, the rest is written";
  return amended(error, { hint });
}

async function attemptChunk<T>(
  { http }: SearchConnection,
  { view, alias, gone, lines, outcomes }: Bulk<T>,
  sent: readonly number[],
  attempt: Attempt,
): Promise<void> {
  const answer = await http
    .send(
      {
        method: "POST",
        path: `/${encodeURIComponent(alias)}/_bulk`,
        // Without it a lost alias would come back as an index with a guessed mapping.
        query: { require_alias: "true", filter_path: toldOfItems },
        body: sent.map((at) => lines[at]).join(""),
        lines: true,
      },
      attempt,
    )
    .catch((error: unknown) => {
      throw typeOf(error) === "index_not_found_exception" ? gone() : error;
    });
  const items = part(answer, "items");
  if (!Array.isArray(items) || items.length !== sent.length) throw new UnexpectedAnswer();
  let busy: string | undefined;
  sent.forEach((at, position) => {
    const item: unknown = items[position];
    const outcome = outcomeOf(view, gone, part(item, "index"));
    if (outcome instanceof RefusedItems) busy = outcome.type;
    else outcomes[at] = outcome;
  });
  if (busy !== undefined) throw new RefusedItems(busy);
}

function outcomeOf<T>(
  view: ViewDeclaration<T>,
  gone: () => DataError,
  item: unknown,
): ViewOutcome | RefusedItems {
  const status = Number(part(item, "status"));
  if (status < 300) return { kind: "written" };
  const told = part(item, "error", "type");
  const type = typeof told === "string" ? told : undefined;
  if (type === "version_conflict_engine_exception") return { kind: "stale" };
  if (type === "index_not_found_exception") throw gone();
  const rule = ruleOf(type, status);
  if (rule.transient) return new RefusedItems(type ?? String(status));
  return { kind: "failed", error: refusal(view, part(item, "error"), type, status) };
}

/** Of the server's words only the field is told: they quote the document. */
function refusal<T>(
  view: ViewDeclaration<T>,
  error: unknown,
  type: string | undefined,
  status: number,
): DataError {
  const { kind, hint } = ruleOf(type, status);
  const reason = String(part(error, "reason") ?? "");
  const field = /failed to parse field \[([\w.]+)\]/.exec(reason)?.[1];
  const deeper = String(part(error, "caused_by", "reason") ?? "");
  const dimensions = /Vector dimension mismatch/i.test(`${reason} ${deeper}`);
  const what = dimensions ? "a vector of other dimensions" : (type ?? String(status));
  return new DataError({
    kind: kind === "connection" ? "unavailable" : "programming",
    operation: `${view.view}.write`,
    message: `${view.view}.write: the index refused the document: ${what}${field === undefined ? "" : ` (${field})`}`,
    code: type,
    hint,
  });
}

/** The two lines of one change, or why it cannot be written. */
function linesOf<T>(view: ViewDeclaration<T>, change: ViewChange<T>): string | DataError {
  const { key, tenant, revision } = change;
  const refuse = (message: string): DataError =>
    new DataError({ kind: "programming", operation: `${view.view}.write`, message });
  if (revision < 0n || revision > largestRevision)
    return refuse("a revision is a number from 0 to 2^63 - 1");
  if (view.tenantScoped && tenant === undefined) return refuse("the row names no tenant");
  const routing = tenant === undefined ? "" : `,"routing":${JSON.stringify(tenant)}`;
  const action = `{"index":{"_id":${JSON.stringify(documentId(key, tenant))},"version":${revision},"version_type":"external"${routing}}}\n`;
  const owner = tenant === undefined ? {} : { tenant };
  try {
    const document =
      change.kind === "upsert" ? documentOf(view, change) : { key, ...owner, deleted: Date.now() };
    const lines = `${action}${JSON.stringify(document)}\n`;
    if (lines.length > largestDocument) return refuse("the document is larger than 100 MB");
    return lines;
  } catch (cause) {
    const { kind } = classify(cause);
    return new DataError({
      kind: "programming",
      operation: `${view.view}.write`,
      message: `the item cannot be written as JSON (${kind})`,
    });
  }
}

/** The document of a row. */
export const documentOf = <T>(
  view: ViewDeclaration<T>,
  { key, tenant, item }: ViewRow<T>,
): object => ({
  key,
  ...(tenant === undefined ? {} : { tenant }),
  item: comparable(view, view.encode(item)),
});

/** No distance can be computed to a vector without a direction: one would fail the search of all. */
function comparable<T>({ directed }: ViewDeclaration<T>, json: object): object {
  const vector = directed === undefined ? undefined : part(json, directed);
  if (directed === undefined || !Array.isArray(vector)) return json;
  return hasDirection(vector as readonly number[]) ? json : { ...json, [directed]: null };
}

/** Keys of two tenants may be equal; an id holds 512 bytes. */
export function documentId(key: string, tenant: string | undefined): string {
  const id = tenant === undefined ? key : JSON.stringify([tenant, key]);
  if (Buffer.byteLength(id) <= longestId && !id.startsWith(hashed)) return id;
  return `${hashed}${createHash("sha256").update(id).digest("base64url")}`;
}

const hashed = "sha256:";

/** Positions of the lines that one request carries; what is decided already is left out. */
function chunksOf(
  lines: readonly (string | DataError)[],
  outcomes: readonly (ViewOutcome | undefined)[],
): readonly (readonly number[])[] {
  const chunks: number[][] = [];
  let size = Infinity;
  lines.forEach((line, at) => {
    if (typeof line !== "string" || outcomes[at] !== undefined) return;
    const last = chunks.at(-1);
    if (
      last === undefined ||
      size + line.length > bulkCharacters ||
      last.length >= bulkOperations
    ) {
      chunks.push([at]);
      size = line.length;
    } else {
      last.push(at);
      size += line.length;
    }
  });
  return chunks;
}
