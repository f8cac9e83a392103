import { DataError } from "../../runtime/errors.ts";
import type { StepText } from "../../runtime/migration.ts";
import { classify } from "./errors.ts";

/** Where in its file a step stands. */
export interface StepPlace {
  readonly file: string;
  readonly step: StepText;
}

const noLedgerAccess = "42501";

/**
 * A migration's own text may be told: it holds no values of users. Their values stand in the server's DETAIL, which is not told. Where no
 * step ran, a fault that ends its connection is no finding about the files: the command tells by it which store it was.
 */
export const migrationError = (error: unknown, place?: StepPlace, more?: string): unknown => {
  if (error instanceof DataError) return error;
  const fault = classify(error);
  const { kind, code } = fault;
  const said = `${error instanceof Error ? error.message : String(error)}${hanging(error, code)}`;
  const message = more === undefined ? said : `${said}\n${more}`;
  return new DataError({
    kind: kindOf(kind),
    operation: "migrate",
    message: place === undefined ? message : `${placeText(place, error)}: ${message}`,
    code,
    ...(place === undefined && fault.fatal && { hint: fault.hint, fault }),
  });
};

const dependentObjects = "2BP01";

/** The one DETAIL that holds no values: the names of what hangs on an object that goes. */
const hanging = (error: unknown, code: string | undefined): string => {
  const detail: unknown =
    code === dependentObjects && typeof error === "object" && error !== null
      ? Reflect.get(error, "detail")
      : undefined;
  return typeof detail === "string" ? `: ${detail.replaceAll("\n", ", ")}` : "";
};

const kindOf = (kind: ReturnType<typeof classify>["kind"]): DataError["kind"] => {
  if (kind === "connection" || kind === "overload") return "unavailable";
  return kind === "auth" ? "auth" : "programming";
};

/** `0002-note.up.sql:14: step orders-add-note`; a text without steps has no name of its own to tell. */
const placeText = ({ file, step }: StepPlace, error: unknown): string => {
  const line = step.line + linesBefore(step.text, error);
  return `${file}:${line}: step ${step.name}`;
};

/** The server counts characters, not UTF-16 units, from 1. */
const linesBefore = (text: string, error: unknown): number => {
  const position: unknown =
    typeof error === "object" && error !== null ? Reflect.get(error, "position") : undefined;
  const characters = Number(position ?? 1) - 1;
  return [...text].slice(0, characters).filter((character) => character === "\n").length;
};

/** A login that may use the store need not be the one that migrates it. */
export const ledgerError = (error: unknown, login: string): unknown => {
  const { code } = classify(error);
  if (code !== noLedgerAccess) return migrationError(error);
  return new DataError({
    kind: "auth",
    operation: "migrate",
    message: "the login may not read schema_migration, so nobody can say what is applied",
    code,
    hint: `grant select on schema_migration to ${login}`,
  });
};
