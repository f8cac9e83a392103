/** Between the thread that asks and the thread that holds PGlite: plain data. */
import type { Text, TextRow } from "./statement.ts";

/** A server's error without what could hold values. */
export interface PlainError {
  readonly message: string;
  readonly code?: string;
  readonly constraint?: string;
  readonly routine?: string;
  readonly table?: string;
}

export type PgliteReply =
  | { readonly rows: readonly TextRow[]; readonly tag: string }
  | { readonly error: PlainError };

export type PgliteRequest =
  | { readonly id: number; readonly frames: Uint8Array; readonly bindings: number }
  | { readonly close: true };

export type PgliteMessage =
  | { readonly id: number; readonly reply: PgliteReply }
  | { readonly opened: true }
  | { readonly failed: PlainError };

interface BackendMessage {
  readonly name: string;
  readonly fields?: unknown;
  readonly text?: unknown;
}

export const plainError = (error: unknown): PlainError => {
  const source: object = typeof error === "object" && error !== null ? error : { message: error };
  const pick = (name: string): string | undefined => {
    const value: unknown = Reflect.get(source, name);
    return typeof value === "string" ? value : undefined;
  };
  const plain: Record<string, string> = {};
  for (const name of ["code", "constraint", "routine", "table"]) {
    const value = pick(name);
    if (value !== undefined) plain[name] = value;
  }
  return { message: pick("message") ?? "PGlite failed", ...plain };
};

/** Rows and tag of the last statement, behind as many bindings; or the error. */
export const readReply = (messages: readonly BackendMessage[], bindings: number): PgliteReply => {
  const rows: TextRow[] = [];
  let tag = "";
  let before = bindings;
  for (const message of messages) {
    if (message.name === "error") return { error: plainError(message) };
    if (message.name === "dataRow" && before === 0) rows.push(message.fields as readonly Text[]);
    if (message.name !== "commandComplete") continue;
    if (before > 0) before -= 1;
    else tag = String(message.text);
  }
  return { rows, tag };
};

/** The error as `pg` would have given it: `classify` reads the same fields. */
export const asError = (plain: PlainError): Error => Object.assign(new Error(plain.message), plain);
