import type { Phase } from "../../../migrate/step.ts";
import type { LintRule } from "../../families/sql/lint-rule.ts";
import type { Catalogue, TableFacts } from "./catalogue.ts";
import type { Statement } from "./parse.ts";

/** What a rule may look at beside its statement. */
export interface Scene {
  /** As it is before the statement. */
  readonly catalogue: Catalogue;
  readonly phase: Phase | undefined;
  /** Nobody waits for this table: the same migration made it, or it is empty as yet. */
  readonly isFresh: (table: string) => boolean;
  readonly facts: (table: string) => TableFacts | undefined;
  /** Every statement of the same transaction, this one too; only this one when it runs outside. */
  readonly together: readonly Statement[];
  /** Every statement of the file. */
  readonly all: readonly Statement[];
  /** Those of the same transaction that came before. */
  readonly before: () => readonly Statement[];
  /** Tables in use whose writers wait since an earlier statement of the same transaction, with its line. */
  readonly locked: ReadonlyMap<string, number>;
}

export type { Hit } from "../../families/sql/lint-rule.ts";

/** A rule of the linter. */
export type Rule = LintRule<Statement, Scene>;
