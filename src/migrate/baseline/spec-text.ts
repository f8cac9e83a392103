import { lineCommentText, yamlScalar } from "../../render/encode.ts";
import type { AdoptedEntity, AdoptedSchema } from "./adopted.ts";

/** What a spec says beside its entities. */
export interface SpecFrame {
  readonly project: string;
  readonly store: string;
  readonly engine: string;
  /** As people write it: `PostgreSQL`. */
  readonly title: string;
}

/** The spec of an adopted schema as YAML, with what was left in the database as comments beside it. */
export function specText(schema: AdoptedSchema, frame: SpecFrame): string {
  const { project, store, engine, title } = frame;
  const lines = [
    "# yaml-language-server: $schema=./.async-db-starter/spec.schema.json",
    comment(
      `Adopted from a ${title} database that was there before. It is yours: change it, then run`,
    ),
    comment("async-db-starter migrate diff. Nothing that is not named here is ever touched."),
    ...notes("The database has besides, and keeps", schema.notes, ""),
    "version: 1",
    entry("project", project, ""),
    "stores:",
    entry("running", [engine], "  "),
    entry("names", { [store]: engine }, "  "),
    "entities:",
    ...schema.entities.flatMap(entityLines),
    "workloads:",
    `  ${yamlScalar(store)}:`,
    "    kind: transactional",
    entry(
      "entities",
      schema.entities.map(({ name }) => name),
      "    ",
    ),
    "    access:",
    ...schema.entities.flatMap(({ name, access }) => [
      `      ${yamlScalar(name)}:`,
      ...Object.entries(access).map(([method, spec]) => entry(method, spec, "        ")),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function entityLines({ name, spec, notes: left, fieldNotes }: AdoptedEntity): readonly string[] {
  const { fields, indexes, unique, checks, constraints, ...switches } = spec;
  const block = "    ";
  const item = "      ";
  return [
    `  ${yamlScalar(name)}:`,
    ...notes("Stays as it is in the database", left, block),
    ...Object.entries(switches).map(([key, value]) => entry(key, value, block)),
    `${block}fields:`,
    ...Object.entries(fields).map(([field, value]) => {
      const note = fieldNotes[field];
      return `${entry(field, value, item)}${note === undefined ? "" : ` ${comment(note)}`}`;
    }),
    ...list("indexes", indexes, block),
    ...list("unique", unique, block),
    ...map("checks", checks, block),
    ...map("constraints", constraints, block),
  ];
}

const comment = (text: string): string => `# ${lineCommentText(text)}`;

const notes = (title: string, all: readonly string[], indent: string): readonly string[] =>
  all.length === 0
    ? []
    : [
        `${indent}${comment(`${title}:`)}`,
        ...all.map((note) => `${indent}${comment(`- ${note}`)}`),
      ];

const list = (
  key: string,
  values: readonly unknown[] | undefined,
  indent: string,
): readonly string[] =>
  values === undefined
    ? []
    : [`${indent}${key}:`, ...values.map((value) => `${indent}  - ${flow(value)}`)];

const map = (
  key: string,
  values: Readonly<Record<string, unknown>> | undefined,
  indent: string,
): readonly string[] =>
  values === undefined
    ? []
    : [
        `${indent}${key}:`,
        ...Object.entries(values).map(([name, value]) => entry(name, value, `${indent}  `)),
      ];

const entry = (key: string, value: unknown, indent: string): string =>
  `${indent}${yamlScalar(key)}: ${flow(value)}`;

/** A value on one line. */
function flow(value: unknown): string {
  if (typeof value === "string") return yamlScalar(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  if (entries.length === 0) return "{}";
  return `{ ${entries.map(([key, each]) => `${yamlScalar(key)}: ${flow(each)}`).join(", ")} }`;
}
