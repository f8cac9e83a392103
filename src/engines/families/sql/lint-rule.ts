import type { LintFinding } from "../../../migrate/step.ts";
import { printRecipe, type RecipePart } from "./lint-recipe.ts";

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

/** A rule of a linter, over the statements that its engine reads and the scene that they stand in. */
export interface LintRule<Statement, Scene> {
  readonly id: string;
  readonly severity: LintFinding["severity"];
  /** The rules of Squawk (`squawk:…`) and checks of strong_migrations (`strong:…`) that it stands for. */
  readonly covers: readonly string[];
  /** Judges the way down as well. A down is run in need: it has to run at all, whoever waits for it. */
  readonly down?: true;
  readonly judge: (statement: Statement, scene: Scene) => readonly Hit[];
}

/** A finding with its recipe in parts. */
export interface Judged extends Omit<LintFinding, "recipe"> {
  readonly recipe: readonly RecipePart[];
}

/** What the rules say of one statement. @param lineAt line of a hit that gives a position of its own, else of the statement */
export const judgedBy = <Statement, Scene>(
  rules: readonly LintRule<Statement, Scene>[],
  statement: Statement,
  scene: Scene,
  direction: "up" | "down",
  lineAt: (at: number | undefined) => number,
): readonly Judged[] =>
  rules
    .filter(({ down }) => direction === "up" || down === true)
    .flatMap(({ id, severity, judge }) =>
      judge(statement, scene).map((hit) => ({
        rule: id,
        line: lineAt(hit.at),
        message: hit.message,
        recipe: hit.recipe,
        severity: hit.severity ?? severity,
      })),
    );

/** Findings as they are reported. */
export const printed = (findings: readonly Judged[]): readonly LintFinding[] =>
  findings.map(({ recipe, ...finding }) => ({ ...finding, recipe: printRecipe(recipe) }));
