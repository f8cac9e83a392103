import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { VirtualFile } from "../../src/render/virtual-file.ts";
import { file, generate, newTree, put } from "../unit/reconcile/trees.ts";

const content = fc
  .array(fc.constantFrom("a", "b", "}", "", "größe"), { maxLength: 6 })
  .map((lines) => lines.map((line) => `${line}\n`).join(""));
const name = fc.constantFrom("a", "b", "c", "d");
const folder = fc.constantFrom("", "src/", "src/deep/", "docs/");
const rendered: fc.Arbitrary<VirtualFile> = fc
  .record({
    path: fc.tuple(folder, name).map(([above, base]) => `${above}${base}.ts`),
    content,
    ownership: fc.constantFrom("generated", "generated", "merged", "yours"),
    unit: fc.constantFrom("project", "runtime", "entities/A", "entities/B", "stores/main"),
  })
  .map(({ path, content: text, ...options }) => file(path, text, options));

/** Random trees of small files with repeated lines. */
export const trees = {
  content,
  tree: fc.uniqueArray(rendered, { selector: (planned) => planned.path, maxLength: 10 }),
};

export type Edit = "none" | "change" | "delete" | "crlf" | "bom" | "no newline";

/** What the user does with each file of a tree. */
export const edits = fc.array(
  fc.constantFrom<Edit>("none", "none", "none", "change", "delete", "crlf", "bom", "no newline"),
  { minLength: 10, maxLength: 10 },
);

/** What one edit makes of a text; undefined for a deleted file. */
function edited(text: string, edit: Edit): string | undefined {
  switch (edit) {
    case "none":
      return text;
    case "change":
      return `${text}// by hand\n`;
    case "delete":
      return undefined;
    case "crlf":
      return text.replaceAll("\n", "\r\n");
    case "bom":
      return `\uFEFF${text}`;
    case "no newline":
      return text.replace(/([^\n])\n$/, "$1");
  }
}

/** Generates, and lets the user loose on the result; gives the user's version of each file. */
export function editedTree(files: readonly VirtualFile[], how: readonly Edit[]) {
  const root = newTree();
  generate(root, files);
  const touched = new Map<string, { edit: Edit; text: string | undefined }>();
  for (const [at, { path, content: text }] of files.entries()) {
    const edit = how[at] ?? "none";
    if (edit === "none" || typeof text !== "string") continue;
    const mine = edited(text, edit);
    touched.set(path, { edit, text: mine });
    if (mine === undefined) rmSync(join(root, path));
    else put(root, path, mine);
  }
  return { root, touched };
}
