import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lower } from "../../../src/ir/lower.ts";
import { render } from "../../../src/render/render.ts";
import type { VirtualFile } from "../../../src/render/virtual-file.ts";
import type { Model } from "../../../src/spec/model.ts";
import { planFor } from "../ir/models.ts";
import { fakeEngine } from "./fake-engine.ts";

/** The output tree of a model on engines that store nothing. */
export function rendered(
  model: Model,
  spec = "workloads.yaml",
  views: "together" | "apart" = "together",
): readonly VirtualFile[] {
  const plan = planFor(model, views);
  const engines = ["alpha", "beta", "gamma", "delta"].map(fakeEngine);
  return render({ ir: lower(model, plan), plan, model, engines, spec, version: "0.0.0" });
}

export const textOf = (files: readonly VirtualFile[], path: string): string => {
  const file = files.find((one) => one.path === path);
  if (file === undefined) throw new Error(`no file ${path}`);
  return String(file.content);
};

/** Writes a tree where the repository's packages resolve; returns its folder. */
export function written(files: readonly VirtualFile[], name: string): string {
  const folder = fileURLToPath(
    new URL(`../../.work/render-${process.pid}-${name}/`, import.meta.url),
  );
  rmSync(folder, { recursive: true, force: true });
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

export const removed = (folder: string): void => rmSync(folder, { recursive: true, force: true });
