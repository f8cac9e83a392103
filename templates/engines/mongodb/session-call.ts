import type { Document, MongoClient } from "mongodb";
import type { Attempt } from "../../runtime/call.ts";
import type { ChangedKeys } from "../../runtime/changes.ts";
import { type DataError, programmingError } from "../../runtime/errors.ts";
import type { OpRuntime } from "../../runtime/op.ts";
import type { Page } from "../../runtime/options.ts";
import type { CollectionDeclaration } from "./declaration.ts";
import type { TransactionLease } from "./lease.ts";
import type { Collections, CommandLimits } from "./place.ts";

/** Where a session's calls go. */
export interface SessionContext {
  readonly runtime: OpRuntime;
  /** Undefined where the session is bound to no tenant. */
  readonly tenant: string | undefined;
  readonly client: MongoClient;
  /** Connected already: a call need not wait a turn. */
  readonly opened: () => Collections | undefined;
  /** Connects at the first call. */
  readonly open: () => Promise<Collections>;
  /** The keys are made where somebody listens. */
  readonly changed: (entity: string, keys: () => ChangedKeys) => Promise<unknown> | undefined;
  /** The transaction that its calls belong to. */
  readonly lease?: TransactionLease;
  /** The transaction may not write. */
  readonly readOnly?: boolean;
}

export const readOnlyError = (operation: string): DataError =>
  programmingError(`${operation}: called in a read-only transaction`, { operation });

const graceMs = 250;

/** The connection of a call whose caller was answered is given up a moment later: nobody would read the reply. */
export function limitsOf(
  attempt: Attempt,
  deadlineMs: number | undefined,
  defaultMs: number,
): CommandLimits {
  const left = Math.max(1, Math.ceil(attempt.remainingMs()));
  if (deadlineMs === undefined || deadlineMs <= defaultMs) return { maxTimeMS: left };
  return { maxTimeMS: left, socketTimeoutMS: left + graceMs };
}

export function decodedPage<E>(
  { items, next }: Page<Document>,
  { decode }: Pick<CollectionDeclaration<E>, "decode">,
): Page<E> {
  const decoded = items.map(decode);
  return next === undefined ? { items: decoded } : { items: decoded, next };
}
