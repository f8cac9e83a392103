/**
 * Who owns a generated file after it was written.
 * - `generated`: ours; a hand edit is kept: merged with ours against the stored base, and reported.
 * - `merged`: the same, for a file that is meant to be edited.
 * - `yours`: created once, never touched again.
 */
export type Ownership = "generated" | "merged" | "yours";

/** One file of the output tree, before anything is written. */
export interface VirtualFile {
  /** POSIX path relative to the output package's root. */
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly ownership: Ownership;
  /** The base record it belongs to: `entities/Order`, `stores/main`, `runtime`, `project`. */
  readonly unit: string;
  readonly executable?: boolean;
}
