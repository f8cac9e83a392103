import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { programmingError } from "./errors.ts";
import type { ObjectChange } from "./migrate-drift.ts";
import type { MigrationStatus } from "./migrate-status.ts";
import {
  anyhow,
  type DescribedObjects,
  type DescribedTexts,
  type Migration,
  type MigrationTarget,
  type SnapshotPart,
  unproven,
} from "./migration.ts";

/** An object that is not what the snapshot says its migrations make of it. */
export interface SnapshotDifference {
  /** `index orders_status_idx` */
  readonly object: string;
  /** `text not null`; null when it is missing. */
  readonly is: string | null;
  readonly should: string;
}

/** What comes of a comparison of a store with its snapshot. */
export interface SnapshotComparison {
  readonly differences: readonly SnapshotDifference[];
  /** What was not compared, and why. */
  readonly notes: readonly string[];
}

const knownVersion = 1;
const toolFolder = ".async-db-starter/schema";

/**
 * Compares a store with the snapshot of what its migrations make, part by part. A part that waiting migrations touch is left out: it is
 * between two shapes. What is there beyond the snapshot is no difference here, since a migration written by hand may have made it; the
 * ledger's own record tells such things (`migrationDrift`).
 *
 * @param folder of the migrations; the snapshot lies in `.async-db-starter/schema/<store>` above it
 * @returns undefined where the engine describes no objects
 * @throws DataError programming for a snapshot that cannot be read
 */
export async function snapshotDifferences(
  { described }: MigrationTarget,
  store: string,
  folder: string | URL,
  status: MigrationStatus,
): Promise<SnapshotComparison | undefined> {
  if (described === undefined) return undefined;
  const place = snapshotFolder(store, folder);
  if (place === undefined)
    return skipped(`not compared with the snapshot: there is no ${toolFolder}/${store} here`);
  const [problem] = status.problems;
  if (problem !== undefined) return skipped(`not compared with the snapshot: ${problem}`);
  const waiting = [...status.pending, ...status.held.map(({ migration }) => migration)];
  const blind = waiting.find(({ touches }) => touches === undefined);
  if (blind !== undefined)
    return skipped(`not compared with the snapshot: ${blind.id} is not applied`);
  const parts = await readParts(place);
  const between = parts.filter(({ part }) => touching(part, waiting).length > 0);
  const settled = parts.filter((part) => !between.includes(part));
  const found = await described.found();
  const texts = (await described.texts?.(settled)) ?? noTexts;
  const all = settled.flatMap(({ part, content }) =>
    objectDifferences(described.wanted(part, content), found, texts),
  );
  const unheld = all.filter(isUnproven);
  return {
    differences: all.filter((each) => !unheld.includes(each)),
    notes: [
      ...unheld.map(({ object, is }) => `${object}: ${is}: rows there need not hold it`),
      ...between.map(({ part }) => {
        const ids = touching(part, waiting).map(({ id }) => id);
        return `not compared with the snapshot: ${part}, which waits for ${ids.join(", ")}`;
      }),
      ...unmadeNotes(texts),
    ],
  };
}

/** One line for each object that the ledger's record or the snapshot finds changed; what both find is told once. */
export function differenceLines(
  drift: readonly ObjectChange[],
  differences: readonly SnapshotDifference[],
): readonly string[] {
  const details = new Map(differences.map((each) => [each.object, each]));
  const known = new Set(drift.map(({ object }) => object));
  return [
    ...drift.map(({ object, change }) => `drift ${change} ${object}${detail(details.get(object))}`),
    ...differences
      .filter(({ object }) => !known.has(object))
      .map((each) => `${each.is === null ? "missing" : "different"} ${each.object}${detail(each)}`),
  ];
}

function detail(difference: SnapshotDifference | undefined): string {
  if (difference === undefined || difference.is === null) return "";
  return `: is ${difference.is}, should be ${difference.should}`;
}

/** As wanted, but for a look at the rows: an adopted store may hold such, and the ledger's record tells one that was made since. */
const isUnproven = ({ is, should }: SnapshotDifference): boolean =>
  unproven.some((ending) => is === should + ending);

const skipped = (note: string): SnapshotComparison => ({ differences: [], notes: [note] });

const touching = (part: string, migrations: readonly Migration[]): readonly Migration[] =>
  migrations.filter(({ touches }) => touches?.includes(part) ?? false);

const noTexts: DescribedTexts = { found: new Map(), wanted: new Map(), unmade: [] };

/** One note for each reason. */
export const unmadeNotes = ({ unmade }: DescribedTexts): readonly string[] =>
  [...Map.groupBy(unmade, ({ why }) => why)].map(([why, cases]) => {
    const parts = [...new Set(cases.map(({ part }) => part))].join(", ");
    return `not compared with the snapshot: texts of defaults, checks and functions of ${parts}: ${why}`;
  });

/** Objects that are missing or otherwise than wanted; a text is told where it is what differs. */
export function objectDifferences(
  wanted: DescribedObjects,
  found: DescribedObjects,
  texts: DescribedTexts = noTexts,
): readonly SnapshotDifference[] {
  return [...wanted].flatMap(([object, should]) => {
    const is = found.get(object) ?? null;
    if (is !== null && should === anyhow) return [];
    const [textIs, textShould] = [texts.found.get(object), texts.wanted.get(object)];
    const isAlike = textIs === undefined || textShould === undefined || textIs === textShould;
    if (is === null || isAlike) return is === should ? [] : [{ object, is, should }];
    return [{ object, is: `${is}: ${textIs}`, should: `${should}: ${textShould}` }];
  });
}

function snapshotFolder(store: string, folder: string | URL): URL | undefined {
  const from = typeof folder === "string" ? pathToFileURL(`${folder}/`) : folder;
  for (let above = new URL(".", from); ; above = new URL("..", above)) {
    const found = new URL(`${toolFolder}/${store}/`, above);
    if (existsSync(found)) return found;
    if (above.href === new URL("..", above).href) return undefined;
  }
}

async function readParts(folder: URL): Promise<readonly SnapshotPart[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  return Promise.all(
    names.map(async (name) => {
      const file = new URL(encodeURIComponent(name), folder);
      return parsed(await readFile(file, "utf8"), name);
    }),
  );
}

function parsed(text: string, file: string): SnapshotPart {
  const part: unknown = /^<{7}/m.test(text) ? undefined : json(text);
  if (isPart(part) && part.version === knownVersion) return part;
  throw programmingError(`the snapshot's ${file} cannot be read here`, {
    operation: "migrate verify",
    hint: "run check: it says what is wrong with it",
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isPart = (value: unknown): value is SnapshotPart & { readonly version?: unknown } =>
  typeof value === "object" && value !== null && "part" in value && "content" in value;
