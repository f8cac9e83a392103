import type { FieldRole } from "../spec/model.ts";
import type { Step } from "./step.ts";

/**
 * Code that does not know a mark of deletion shows what is marked, and deletes it for good; code that does not raise a version hides its changes
 * from whoever asks for one. Neither may run beside code that does.
 */
export const unknownRisks = (role: string): Step["risks"] =>
  concernsEverybody.has(role) ? ["breaks-old-code"] : [];

/**
 * Of a column that is dropped by the contract. A version that is switched off is still raised and asked for by code of before, while code of
 * after changes rows without raising it: what it wrote would be overwritten unseen. So code of after waits until that contract has run.
 */
export const forgottenRisks = (role: string): Step["risks"] =>
  role === ("version" satisfies FieldRole) ? ["new-code-waits"] : [];

const concernsEverybody: ReadonlySet<string> = new Set<FieldRole>(["deletedAt", "version"]);
