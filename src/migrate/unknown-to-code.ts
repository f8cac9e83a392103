import type { FieldRole } from "../spec/model.ts";
import type { Step } from "./step.ts";

/**
 * Code that does not know a mark of deletion shows what is marked, and deletes it for good; code that does not raise a version hides its changes
 * from whoever asks for one. Neither may run beside code that does.
 */
export const unknownRisks = (role: string): Step["risks"] =>
  concernsEverybody.has(role) ? ["breaks-old-code"] : [];

const concernsEverybody: ReadonlySet<string> = new Set<FieldRole>(["deletedAt", "version"]);
