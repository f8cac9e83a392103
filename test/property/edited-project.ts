import { chmodSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Renames } from "../../src/reconcile/renames.ts";
import type { VirtualFile } from "../../src/render/virtual-file.ts";
import { file, put, text } from "../unit/reconcile/trees.ts";

/** A project, what its user did to it, and what is generated next. */
export interface EditedProject {
  readonly before: readonly VirtualFile[];
  readonly after: readonly VirtualFile[];
  readonly renames: Renames;
  readonly meddle: (root: string) => void;
  /** Lines that only the user wrote. */
  readonly mine: readonly string[];
}

const lines = (count: number, name: string, first = "start"): string =>
  [first, ...Array.from({ length: count }, (_, n) => `${name} ${n}`)]
    .map((line) => `${line}\n`)
    .join("");

/**
 * One file for each thing that can happen to it: merged, in conflict, moved, moved and merged,
 * renamed with its entity (untouched, edited, deleted), deleted, given up with and without an edit.
 *
 * @param variant 0 to 19: sizes, depths, line ends and modes
 */
export function editedProject(variant: number): EditedProject {
  const size = 5 + variant;
  const deep = `src/${"deep/".repeat(variant % 4)}`;
  const unit = (name: string) => ({ unit: `entities/${name}` });
  const more = Array.from({ length: variant % 5 }, (_, n) => n);
  const others = (word: string): VirtualFile[] =>
    more.map((n) => file(`${deep}more${n}.ts`, lines(size, word), { unit: "project" }));
  const kept = (first: string): VirtualFile[] => [
    file("src/merged.ts", lines(size, "merged", first), unit("Kept")),
    file("src/conflict.ts", lines(size, "conflict", first), unit("Kept")),
    file(`${deep}moved.ts`, lines(size, "moved", first), unit("Kept")),
    file("src/moved-merged.ts", lines(size, "moved and merged", first), unit("Kept")),
    file("src/deleted.ts", lines(size, "deleted", first), unit("Kept")),
    file("src/runtime/a.ts", "runtime\n", { unit: "runtime" }),
  ];
  const renamed = (stem: string, name: string): VirtualFile[] => [
    file(`${deep}${stem}.ts`, lines(size, "plain", name), unit(name)),
    file(`src/${stem}-row.ts`, lines(size, "row", name), unit(name)),
    file(`src/${stem}-dto.ts`, lines(size, "dto", name), unit(name)),
  ];
  return {
    before: [
      ...kept("start"),
      ...renamed("order", "Order"),
      ...others("more"),
      file("src/gone/untouched.ts", lines(size, "untouched"), unit("Gone")),
      file("src/gone/edited.ts", lines(size, "edited"), unit("Gone")),
    ],
    after: [
      ...kept("begin"),
      ...renamed("purchase", "Purchase"),
      ...others("fewer"),
      file(`src/fresh/${deep}new.ts`, lines(size, "new"), unit("Fresh")),
    ],
    renames: {
      paths: new Map([
        [`${deep}purchase.ts`, `${deep}order.ts`],
        ["src/purchase-row.ts", "src/order-row.ts"],
        ["src/purchase-dto.ts", "src/order-dto.ts"],
      ]),
      rewordings: [["Order", "Purchase"]],
    },
    meddle: (root) => meddle(root, deep, variant),
    mine: [
      "mine merged",
      "mine in conflict",
      "mine moved",
      "mine renamed",
      "mine in gone",
      "mine in runtime",
    ],
  };
}

function meddle(root: string, deep: string, variant: number): void {
  const append = (path: string, line: string): void => {
    const all = `${text(root, path)}${line}\n`;
    put(root, path, variant % 2 === 0 ? all : all.replaceAll("\n", "\r\n"));
  };
  const move = (from: string, to: string): void => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    renameSync(join(root, from), join(root, to));
  };
  append("src/merged.ts", "mine merged");
  put(root, "src/conflict.ts", text(root, "src/conflict.ts").replace("start", "mine in conflict"));
  move(`${deep}moved.ts`, "src/elsewhere/there.ts");
  move("src/moved-merged.ts", "src/elsewhere/moved-merged.ts");
  append("src/elsewhere/moved-merged.ts", "mine moved");
  append("src/order-row.ts", "mine renamed");
  append("src/gone/edited.ts", "mine in gone");
  append("src/runtime/a.ts", "mine in runtime");
  chmodSync(join(root, "src/merged.ts"), variant % 3 === 0 ? 0o444 : 0o640);
  chmodSync(join(root, "src/order-row.ts"), variant % 3 === 1 ? 0o400 : 0o755);
  rmSync(join(root, "src/deleted.ts"));
  rmSync(join(root, "src/order-dto.ts"));
}
