import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { ApplyError, systemError } from "./apply-error.ts";
import { commitEntry, discard } from "./commit.ts";
import { type FileSystem, nodeFileSystem } from "./file-system.ts";
import { checkUnchanged, makeCacheFolder, makeGuard } from "./guard.ts";
import { type Journal, readJournal, removeJournal, writeJournal } from "./journal.ts";
import { acquireLock, type Lock } from "./lock.ts";
import { folderOf } from "./paths.ts";
import { nodeProcesses, type Processes } from "./processes.ts";
import { rememberInputs } from "./shortcut.ts";
import { stage, type StagedFile, type Staging } from "./staging.ts";
import { changesOf, type FileChange, type Finding, type WritePlan } from "./write-plan.ts";

/** Where a run gets its effects from, and what it may remember. */
export interface ApplyOptions {
  readonly fileSystem?: FileSystem;
  readonly processes?: Processes;
  /** From `inputHash`; when given, an unchanged next run is seen by `unchangedSince`. */
  readonly inputHash?: string;
  /** Nothing is to be said of the tree after this run, so that an unchanged one is seen by `cleanSince` too. */
  readonly clean?: boolean;
}

/** What a run did. */
export type ApplyReport =
  /** The plan has findings: nothing was written. */
  | { readonly outcome: "refused"; readonly findings: readonly Finding[] }
  /** Paths that changed on disk; records of the tool are not counted. */
  | {
      readonly outcome: "applied";
      readonly created: readonly string[];
      readonly rewritten: readonly string[];
      readonly removed: readonly string[];
    };

/**
 * Brings the tree to the plan: all of it, or nothing when the plan has a finding. At any moment
 * each file is the old or the new one; after a kill, `recover` completes or reverts the rest.
 *
 * @param root  folder of the output package; made when it is missing
 * @throws ApplyError when the environment refuses; nothing is changed then unless it says so
 */
export function apply(plan: WritePlan, root: string, options: ApplyOptions = {}): ApplyReport {
  if (plan.findings.length > 0) return { outcome: "refused", findings: plan.findings };
  const {
    fileSystem = nodeFileSystem,
    processes = nodeProcesses,
    inputHash: hash,
    clean = false,
  } = options;
  const files = changesOf(plan.actions);
  const run = new Run(root, fileSystem, files, plan.records);
  if (files.length + plan.records.length > 0) {
    withLock(root, fileSystem, processes, (lock) => run.carryOut(lock));
  }
  if (hash !== undefined) rememberInputs({ hash, clean }, root, plan.watched, fileSystem);
  const pathsOf = (kind: FileChange["kind"]) =>
    files.filter((change) => change.kind === kind).map((change) => change.path);
  return {
    outcome: "applied",
    created: pathsOf("create"),
    rewritten: pathsOf("rewrite"),
    removed: pathsOf("remove"),
  };
}

/** Runs `work` under the tree's lock; system errors come out as ApplyError. */
export function withLock<T>(
  root: string,
  fileSystem: FileSystem,
  processes: Processes,
  work: (lock: Lock) => T,
): T {
  try {
    makeCacheFolder(root, fileSystem);
    const lock = acquireLock(root, fileSystem, processes);
    try {
      return work(lock);
    } finally {
      lock.release();
    }
  } catch (error) {
    throw systemError("system", error);
  }
}

class Run {
  readonly #root: string;
  readonly #fs: FileSystem;
  readonly #files: readonly FileChange[];
  readonly #records: readonly FileChange[];

  constructor(
    root: string,
    fileSystem: FileSystem,
    files: readonly FileChange[],
    records: readonly FileChange[],
  ) {
    this.#root = root;
    this.#fs = fileSystem;
    this.#files = files;
    this.#records = records;
  }

  carryOut(lock: Lock): void {
    if (readJournal(this.#root, this.#fs) !== undefined) throw interrupted();
    const changes = [...this.#files, ...this.#records];
    const guard = this.#check();
    const staging = stage(changes, guard.isFolder, randomBytes(6).toString("hex"));
    this.#stage(staging, lock);
    this.#commit(staging);
    this.#removeEmptyFolders();
  }

  /** Every path, every folder above it and every file to replace, as they are now. */
  #check(): ReturnType<typeof makeGuard> {
    const guard = makeGuard(this.#root, this.#fs);
    for (const { path } of this.#files) guard.checkFile(path);
    for (const { path } of this.#records) guard.checkRecord(path);
    checkUnchanged([...this.#files, ...this.#records], this.#root, guard, this.#fs);
    return guard;
  }

  #stage(staging: Staging, lock: Lock): void {
    const journal: Journal = { phase: "staging", entries: staging.entries };
    try {
      writeJournal(this.#root, journal, this.#fs);
      for (const folder of staging.folders) this.#fs.mkdir(join(this.#root, folder));
      for (const file of staging.files) this.#write(file);
      this.#check();
      lock.verify();
      writeJournal(this.#root, { ...journal, phase: "committing" }, this.#fs);
    } catch (error) {
      this.#revert(staging, error);
    }
  }

  #write(file: StagedFile): void {
    const path = `${this.#root}/${file.path}`;
    this.#fs.create(path, file.content, file.mode);
    if (file.durable) this.#fs.sync(path);
    if (file.keepMode !== undefined) this.#fs.chmod(path, file.keepMode);
  }

  #commit(staging: Staging): void {
    let done = 0;
    try {
      for (const entry of staging.entries) {
        commitEntry(entry, this.#root, this.#fs);
        done += 1;
      }
      removeJournal(this.#root, this.#fs);
    } catch (error) {
      if (done > 0) throw systemError("incomplete", error);
      this.#backToStaging(staging, error);
      this.#revert(staging, error);
    }
  }

  /** Not one step was taken: with the journal at "staging" again, a kill from here on reverts. */
  #backToStaging(staging: Staging, cause: unknown): void {
    try {
      writeJournal(this.#root, { phase: "staging", entries: staging.entries }, this.#fs);
    } catch {
      throw systemError("incomplete", cause);
    }
  }

  #revert(staging: Staging, cause: unknown): never {
    try {
      discard(staging.entries, this.#root, this.#fs);
      removeJournal(this.#root, this.#fs);
    } catch {
      // The journal is still there: the next run reverts. The first error is the one to tell.
    }
    throw cause;
  }

  /** Folders that the removals left empty go too; one that is not empty refuses by itself. */
  #removeEmptyFolders(): void {
    const emptied = new Set<string>();
    for (const change of [...this.#files, ...this.#records]) {
      if (change.kind === "remove") emptied.add(folderOf(change.path));
    }
    for (const folder of emptied) this.#removeIfEmpty(folder);
  }

  #removeIfEmpty(folder: string): void {
    try {
      for (let path = folder; path !== ""; path = folderOf(path)) {
        const absolute = join(this.#root, path);
        if (this.#fs.stat(absolute) === undefined) continue;
        if (this.#fs.list(absolute).length > 0) return;
        this.#fs.rmdir(absolute);
      }
    } catch {
      // An empty folder that stays (somebody just used it, or it may not be changed) does no harm.
    }
  }
}

function interrupted(): ApplyError {
  const message = "an earlier run was interrupted and is neither completed nor reverted yet";
  return new ApplyError("interrupted", message, "run generate again");
}
