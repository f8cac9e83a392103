import type { Phase } from "../../../migrate/step.ts";
import type { Hit, LintRule } from "../../families/sql/lint-rule.ts";
import type { Dialect } from "../dialect.ts";
import type { Action } from "./alter.ts";
import type { Catalogue, TableFacts } from "./catalogue.ts";
import type { Statement } from "./file.ts";
import type { Reading } from "./statement.ts";

export type { Hit } from "../../families/sql/lint-rule.ts";

/** What a rule may look at beside its statement. */
export interface Scene {
  /** As it is before the statement. */
  readonly catalogue: Catalogue;
  readonly phase: Phase | undefined;
  readonly dialect: Dialect;
  /** Nobody waits for this table: the same migration made it, or it is empty as yet. */
  readonly isFresh: (table: string) => boolean;
  readonly facts: (table: string) => TableFacts | undefined;
  /** Statements of the same step that come before. */
  readonly before: readonly Statement[];
}

/** A rule of the linter. */
export type Rule = LintRule<Statement, Scene>;

export type Alter = Extract<Reading, { readonly kind: "alter-table" }>;

/** The `alter table`, `create index` or `drop index` of a table in use. */
export const alterInUse = ({ reading }: Statement, scene: Scene): Alter | undefined =>
  reading.kind === "alter-table" && !scene.isFresh(reading.table) ? reading : undefined;

/** One hit for each action of that kind on a table in use. */
export function onAction<K extends Action["kind"]>(
  kind: K,
  judge: (
    action: Extract<Action, { readonly kind: K }>,
    alter: Alter,
    scene: Scene,
    statement: Statement,
  ) => readonly Hit[],
): Rule["judge"] {
  return (statement, scene) => {
    const alter = alterInUse(statement, scene);
    const isKind = (action: Action): action is Extract<Action, { readonly kind: K }> =>
      action.kind === kind;
    return (alter?.actions ?? [])
      .filter(isKind)
      .flatMap((action) => (alter === undefined ? [] : judge(action, alter, scene, statement)));
  };
}

/** The statement says itself that the table is copied, and that writers wait. */
export const saysCopy = ({ clauses }: Alter): boolean => clauses.algorithm === "copy";

/** A statement before it in its step stops when a row does not fit. */
export const isChecked = ({ before }: Scene): boolean => before.some(({ refuses }) => refuses);
