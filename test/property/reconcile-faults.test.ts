import * as fs from "node:fs";
import { describe, expect, test } from "vitest";
import { ApplyError } from "../../src/reconcile/apply-error.ts";
import { apply } from "../../src/reconcile/apply.ts";
import { recover } from "../../src/reconcile/recover.ts";
import type { VirtualFile } from "../../src/render/virtual-file.ts";
import { type Fault, faultAt, faults, mortal } from "../unit/reconcile/faulty-file-system.ts";
import { file, generate, newTree, planFor, put, snapshot } from "../unit/reconcile/trees.ts";
import { editedProject } from "./edited-project.ts";
import { full, timeout } from "./size.ts";

// G4 of anchors/reliability.md: a change of a tree with every kind of action, a fault at every
// file-system call; twenty trees with FULL=1, else one.

const order = { unit: "entities/Order" };
const before: readonly VirtualFile[] = [
  file("src/data/domain/order.ts", "export const order = 1;\n", order),
  file("src/data/domain/gone.ts", "export const gone = 1;\n", { unit: "entities/Gone" }),
  file("src/data/gone/only.ts", "export const only = 1;\n", { unit: "entities/Gone" }),
  file("src/data/index.ts", "export {};\n"),
  file("src/data/own.ts", "// mine\n", { ownership: "yours" }),
];
const after: readonly VirtualFile[] = [
  file("src/data/domain/order.ts", "export const order = 2;\nexport const more = 3;\n", order),
  file("src/data/domain/new.ts", "export const fresh = 1;\n", { unit: "entities/New" }),
  file("src/data/stores/main/new.ts", "export const deep = 1;\n", { unit: "entities/New" }),
  file("src/data/stores/top.ts", "export const top = 1;\n", { unit: "stores/main" }),
  file("src/data/index.ts", 'export * from "./domain/order.ts";\n'),
  file("src/data/own.ts", "// mine\n", { ownership: "yours" }),
  file("bin/run", "#!/bin/sh\n", { executable: true }),
];

const oldTemplate = (() => {
  const root = newTree();
  generate(root, before);
  put(root, "src/data/index.ts", "export {};\r\n");
  return root;
})();

function oldTree(): string {
  const root = newTree();
  fs.cpSync(oldTemplate, root, { recursive: true });
  return root;
}

const oldFiles = snapshot(oldTree());
const newFiles = (() => {
  const root = oldTree();
  generate(root, after);
  return snapshot(root);
})();

/** Calls of one undisturbed run: the k to try. */
function callsOf(run: (fileSystem: ReturnType<typeof faultAt>) => void): number {
  const counting = faultAt(0, "ENOSPC");
  run(counting);
  return counting.calls();
}

function isTemporary(path: string): boolean {
  return path.includes(".ads-");
}

/** Every file is wholly the old or wholly the new one; nothing else lies there but temporary files. */
function expectOldOrNew(root: string, where: string): void {
  const now = snapshot(root);
  for (const path of new Set([...oldFiles.keys(), ...newFiles.keys(), ...now.keys()])) {
    if (isTemporary(path)) continue;
    expect([oldFiles.get(path), newFiles.get(path)], `${where}: ${path}`).toContain(now.get(path));
  }
}

// The lock of a dead process is taken over by the next run that writes.
function isNoLock(name: string): boolean {
  return name !== "lock";
}

/** The next run: a minute later, by a living process. */
function nextRun(root: string, files: readonly VirtualFile[]): void {
  const lock = `${root}/.async-db-starter/.cache/lock`;
  const aMinuteAgo = Date.now() / 1000 - 60;
  if (fs.existsSync(lock)) fs.utimesSync(lock, aMinuteAgo, aMinuteAgo);
  generate(root, files, { processes: mortal(9) });
}

function applyWith(root: string, k: number, fault: Fault, lasting = false): unknown {
  const plan = planFor(root, after);
  try {
    apply(plan, root, { fileSystem: faultAt(k, fault, lasting), processes: mortal(1) });
    return undefined;
  } catch (error) {
    return error;
  }
}

function applyCalls(): number {
  return callsOf((fileSystem) => {
    const root = oldTree();
    apply(planFor(root, after), root, { fileSystem, processes: mortal(1) });
  });
}

describe("a fault at any file-system call", { timeout }, () => {
  const calls = applyCalls();

  test.each(faults)("%s: each file is old or new, and the next run completes it", (fault) => {
    expect(calls).toBeGreaterThan(80);
    for (let k = 1; k <= calls; k += 1) {
      const root = oldTree();
      applyWith(root, k, fault);
      expectOldOrNew(root, `${fault} at call ${k}`);
      nextRun(root, after);
      expect(snapshot(root), `${fault} at call ${k}`).toEqual(newFiles);
      const cache = fs.readdirSync(`${root}/.async-db-starter/.cache`).filter(isNoLock);
      expect(cache, `${fault} at call ${k}`).toEqual([]);
    }
  });

  test.each(faults)("%s: the next run with the old spec gives the old tree", (fault) => {
    // Another third of the calls for each fault: the way there is the one of the test above.
    for (let k = 1 + (faults.indexOf(fault) % 3); k <= calls; k += 3) {
      const root = oldTree();
      applyWith(root, k, fault);
      nextRun(root, before);
      const found = snapshot(root);
      // A rewrite there and back keeps the line ends that the user gave the file.
      expect(found, `${fault} at call ${k}`).toEqual(oldFiles);
    }
  });

  test.each(["ENOSPC", "EACCES"] as const)("a lasting %s is told, with what it left", (fault) => {
    let reverted = 0;
    for (let k = 1; k <= calls; k += 2) {
      const root = oldTree();
      const error = applyWith(root, k, fault, true);
      if (error === undefined) {
        expect(snapshot(root), `${fault} from call ${k}`).toEqual(newFiles);
        continue;
      }
      expect(error, `${fault} from call ${k}`).toBeInstanceOf(ApplyError);
      expectOldOrNew(root, `${fault} from call ${k}`);
      if (error instanceof ApplyError && error.kind === "system") {
        const kept = [...snapshot(root)].filter(([path]) => !isTemporary(path));
        expect(new Map(kept), `${fault} from call ${k}`).toEqual(oldFiles);
        reverted += 1;
      }
      nextRun(root, after);
      expect(snapshot(root), `${fault} from call ${k}`).toEqual(newFiles);
    }
    expect(reverted).toBeGreaterThan(10);
  });
});

describe("a fault while an interrupted run is completed or reverted", { timeout }, () => {
  /** A tree whose run was killed at call k. */
  function killedTree(k: number): string {
    const root = oldTree();
    applyWith(root, k, "killed after");
    return root;
  }

  /** Calls after which a kill has to be reverted, and to be completed. */
  function killPoints(): { reverted: number[]; completed: number[] } {
    const points = { reverted: [] as number[], completed: [] as number[] };
    for (let k = 1; k < applyCalls(); k += 9) {
      const { outcome } = recover(killedTree(k), { processes: mortal(2) });
      if (outcome === "reverted" || outcome === "completed") points[outcome].push(k);
    }
    return points;
  }

  test("recovery survives it too", () => {
    const { reverted, completed } = killPoints();
    const middle = (points: number[]) => points[Math.floor(points.length / 2)] ?? 0;
    for (const point of [middle(reverted), middle(completed)]) {
      expect(point).toBeGreaterThan(0);
      const calls = callsOf((fileSystem) => {
        recover(killedTree(point), { fileSystem, processes: mortal(2) });
      });
      for (let k = 1; k <= calls; k += 1) {
        for (const fault of ["EACCES", "killed after"] as const) {
          const root = killedTree(point);
          try {
            recover(root, { fileSystem: faultAt(k, fault), processes: mortal(2) });
          } catch {
            expectOldOrNew(root, `killed at ${point}, ${fault} at call ${k}`);
          }
          nextRun(root, after);
          expect(snapshot(root), `killed at ${point}, ${fault} at call ${k}`).toEqual(newFiles);
        }
      }
    }
  });
});

describe.each(Array.from({ length: full ? 20 : 1 }, (_, n) => n))(
  "a fault while a hand-changed tree is merged, followed and renamed (%i)",
  { timeout },
  (variant) => {
    const { before: old, after: next, renames, meddle, mine } = editedProject(variant);
    const template = (() => {
      const root = newTree();
      generate(root, old);
      meddle(root);
      return root;
    })();
    const tree = (): string => {
      const root = newTree();
      fs.cpSync(template, root, { recursive: true });
      return root;
    };
    const oldState = snapshot(template);
    const newState = (() => {
      const root = tree();
      generate(root, next, {}, new Map(), renames);
      return snapshot(root);
    })();

    /** Every file is wholly old or new, and each of the user's lines is in one that is no temporary file. */
    const expectWhole = (root: string, where: string): void => {
      const now = snapshot(root);
      const lasting = [...now].filter(([path]) => !isTemporary(path));
      for (const [path, text] of lasting) {
        expect([oldState.get(path), newState.get(path)], `${where}: ${path}`).toContain(text);
      }
      for (const line of mine) {
        expect(
          lasting.some(([path, text]) => !path.startsWith(".async") && text.includes(line)),
          `${where}: ${line}`,
        ).toBe(true);
      }
    };

    const strike = (root: string, fileSystem: ReturnType<typeof faultAt>): void => {
      const plan = planFor(root, next, new Map(), renames);
      expect(plan.findings).toEqual([]);
      try {
        apply(plan, root, { fileSystem, processes: mortal(1) });
      } catch {
        // What it left is looked at below.
      }
    };

    const calls = callsOf((fileSystem) => strike(tree(), fileSystem));

    test.each(faults)(
      "%s: nothing of the user's is lost, and the next run completes it",
      (fault) => {
        expect(calls).toBeGreaterThan(80);
        // In short every second call, the two ways of a kill one apart.
        const first = full ? 1 : 1 + (faults.indexOf(fault) % 2);
        for (let k = first; k <= calls; k += full ? 1 : 2) {
          const where = `${fault} at call ${k}`;
          const root = tree();
          strike(root, faultAt(k, fault));
          expectWhole(root, where);
          const lock = `${root}/.async-db-starter/.cache/lock`;
          const aMinuteAgo = Date.now() / 1000 - 60;
          if (fs.existsSync(lock)) fs.utimesSync(lock, aMinuteAgo, aMinuteAgo);
          generate(root, next, { processes: mortal(9) }, new Map(), renames);
          expect(snapshot(root), where).toEqual(newState);
          fs.rmSync(root, { recursive: true });
        }
      },
    );
  },
);
