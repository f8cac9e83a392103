/** Which side of the data layer a difference between two specs touches. */
export type Surface = "api" | "storage" | "views";

/**
 * - `breaking`: code or rows of before no longer fit.
 * - `additive`: what worked before works on, and there is more.
 * - `internal`: nobody outside notices.
 */
export type Impact = "breaking" | "additive" | "internal";

export const surfaces: readonly Surface[] = ["api", "storage", "views"];
export const impacts: readonly Impact[] = ["breaking", "additive", "internal"];

/** One difference between two specs, with the reason for its class. */
export interface SpecChange {
  readonly surface: Surface;
  readonly impact: Impact;
  /** Where: `Order.note`, `orders.listByCustomer`, `main/orders`. */
  readonly subject: string;
  /** What changed: `removed`. */
  readonly what: string;
  /** Why it is of this class. */
  readonly why: string;
}

/** Steps of a semantic version, smallest first; `none` where nothing changed. */
export const versionSteps = ["none", "patch", "minor", "major"] as const;
export type VersionStep = (typeof versionSteps)[number];

const stepOf: Readonly<Record<Impact, VersionStep>> = {
  breaking: "major",
  additive: "minor",
  internal: "patch",
};

/** The semantic version step that all changes together ask for (semver.org, items 6 to 8). */
export function versionStep(changes: readonly SpecChange[]): VersionStep {
  return changes.reduce<VersionStep>(
    (step, { impact }) => (exceeds(stepOf[impact], step) ? stepOf[impact] : step),
    "none",
  );
}

/** Whether a step is bigger than a limit. */
export const exceeds = (step: VersionStep, limit: VersionStep): boolean =>
  versionSteps.indexOf(step) > versionSteps.indexOf(limit);

/** Makes changes of one surface. */
export type Note = (impact: Impact, subject: string, what: string, why: string) => SpecChange;
export const noteOf =
  (surface: Surface): Note =>
  (impact, subject, what, why) => ({ surface, impact, subject, what, why });
