import { referredUnits, relatedUnits, type UnitInput } from "../ir/unit-inputs.ts";
import { entityBlocks, type Piece } from "./entity-blocks.ts";
import type { SpecText } from "./known-spec.ts";

/** A file of the spec, cut at its entities. */
export interface CutFile {
  readonly path: string;
  readonly pieces: readonly Piece[];
}

/** undefined where one of the files cannot be cut with certainty. */
export function cutFiles(texts: readonly SpecText[]): readonly CutFile[] | undefined {
  const cut = texts.flatMap(({ path, text }) => {
    const pieces = entityBlocks(text);
    return pieces === undefined ? [] : [{ path, pieces }];
  });
  return cut.length === texts.length ? cut : undefined;
}

/** Which part of a spec tells what a change of some of its entities comes to. */
export interface Slice {
  /** Units whose files may differ. */
  readonly units: ReadonlySet<string>;
  /** Entities to load: those of these units and all that has to do with one of them. */
  readonly kept: ReadonlySet<string>;
}

/**
 * The part of a spec that a change concerns, when only entries of `entities:` differ.
 *
 * @param before    the files of the last run
 * @param now       the files as they are now
 * @param mentioned entities that the rest of the spec speaks of
 * @param units     the units of the last run
 * @returns undefined when something else differs, or when so much is concerned that nothing would be won
 */
export function sliceOf(
  before: readonly CutFile[],
  now: readonly CutFile[],
  mentioned: readonly string[],
  units: ReadonlyMap<string, UnitInput>,
): Slice | undefined {
  const changed = changedEntities(before, now);
  if (changed === undefined) return undefined;
  const unitOf = new Map(
    [...units].flatMap(([unit, { family }]) => family.map((name) => [name, unit] as const)),
  );
  const unitsOf = (names: readonly string[]): readonly string[] =>
    names.flatMap((name) => unitOf.get(name) ?? []);
  const touched = relatedUnits(unitsOf(changed), units);
  const near = relatedUnits(touched, units);
  const wanted = referredUnits([...near, ...unitsOf(mentioned)], units);
  const isSmall = wanted.size * 3 <= units.size + 6;
  if (!isSmall || unitsOf(changed).length < changed.length) return undefined;
  const kept = [...wanted].flatMap((unit) => units.get(unit)?.family ?? []);
  return { units: touched, kept: new Set(kept) };
}

/** Entities whose entry differs; undefined when anything else does. */
function changedEntities(
  before: readonly CutFile[],
  now: readonly CutFile[],
): readonly string[] | undefined {
  const changed: string[] = [];
  for (const [at, { path, pieces }] of before.entries()) {
    const others = now[at];
    if (others?.path !== path || others.pieces.length !== pieces.length) return undefined;
    for (const [place, { entity, text, isOwn }] of pieces.entries()) {
      const other = others.pieces[place];
      if (other === undefined || other.entity !== entity) return undefined;
      if (other.text === text) continue;
      if (entity === undefined || !isOwn) return undefined;
      changed.push(entity);
    }
  }
  return before.length === now.length ? changed : undefined;
}

/** The files without the pieces about other entities. */
export const narrowedTexts = (
  files: readonly CutFile[],
  kept: ReadonlySet<string>,
): ReadonlyMap<string, string> =>
  new Map(files.map(({ path, pieces }) => [path, narrowedText(pieces, kept)]));

function narrowedText(pieces: readonly Piece[], kept: ReadonlySet<string>): string {
  const isKept = ({ entity }: Piece): boolean => entity === undefined || kept.has(entity);
  return pieces
    .map((piece, at) => {
      if (!isKept(piece)) return "";
      const isFrame = piece.entity === undefined;
      const behind = isFrame ? pieces.slice(at + 1, nextFrame(pieces, at)) : [];
      return behind.length > 0 && !behind.some(isKept) ? withEmptyMap(piece.text) : piece.text;
    })
    .join("");
}

function nextFrame(pieces: readonly Piece[], at: number): number {
  const next = pieces.findIndex(({ entity }, place) => place > at && entity === undefined);
  return next === -1 ? pieces.length : next;
}

/** A key without entries would have no mapping for its value. */
const withEmptyMap = (frame: string): string =>
  frame.replace(/(?<=^ *(?:entities|access):)(?=[^\n]*\n(?: *(?:#[^\n]*)?\r?\n)*$(?![^]))/m, " {}");
