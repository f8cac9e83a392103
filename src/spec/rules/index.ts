import type { Problem } from "../issues.ts";
import type { Spec } from "../schema.ts";
import type { Declared } from "./declared.ts";

/** Judges the meaning of a spec whose form is right. */
export type Rule = (spec: Spec, declared: Declared) => readonly Problem[];

export const rules: readonly Rule[] = [];
