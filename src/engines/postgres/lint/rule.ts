import type { LintFinding, Phase } from "../../../migrate/step.ts";
import type { Catalogue, TableFacts } from "./catalogue.ts";
import type { Statement } from "./parse.ts";
import type { RecipePart } from "./recipe.ts";

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

/** What a rule says of a statement. */
export interface Hit {
  /** Which lock, and why it hurts. */
  readonly message: string;
  readonly recipe: readonly RecipePart[];
  /** Position when it is not the statement's. */
  readonly at?: number;
  /** When it differs from the rule's. */
  readonly severity?: LintFinding["severity"];
}

/** A rule of the linter. */
export interface Rule {
  readonly id: string;
  readonly severity: LintFinding["severity"];
  /** The rules of Squawk (`squawk:…`) and checks of strong_migrations (`strong:…`) that it stands for. */
  readonly covers: readonly string[];
  /** Judges the way down as well. A down is run in need: it has to run at all, whoever waits for it. */
  readonly down?: true;
  readonly judge: (statement: Statement, scene: Scene) => readonly Hit[];
}
