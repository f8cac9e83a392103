/** One piece of a spec's text: what belongs to one entity in one place, or what lies between such pieces. */
export interface Piece {
  /** Entity that the piece is about; undefined for the frame around the entities. */
  readonly entity?: string;
  /** The entity's entry below `entities:`, not one about its use. */
  readonly isOwn?: boolean;
  readonly text: string;
}

/** From where on a text is about an entity, or again about none. */
interface Mark extends Omit<Piece, "text"> {
  readonly at: number;
}

/** A mapping that is written as a block: its lines of one indentation, each with all that lies deeper. */
interface Entry {
  readonly at: number;
  readonly end: number;
  readonly line: string;
  /** Where the lines below the first begin. */
  readonly body: number;
}

/** An anchor or an alias ties pieces together that this cut would part. */
const tie = /(?:^|[\s,[{:-])[&*][^\s&*]/m;
const named = /^([A-Za-z_]\w*):(?=\s|$)/;
const opens = (line: string, name: string): boolean =>
  line.startsWith(`${name}:`) && /^\s*(?:#.*)?$/.test(line.slice(name.length + 1).trimEnd());

/**
 * The text of a spec, cut at its entities: each entry below `entities:` and below the `access:` of a workload is a piece of its own. All
 * pieces together are the text. The cut goes by indentation and reads nothing of what a piece holds, so it costs next to nothing.
 *
 * @returns undefined where the cut is not sure: quoted keys, tabs, anchors
 */
export function entityBlocks(text: string): readonly Piece[] | undefined {
  if (text.includes("\t") || tie.test(text)) return undefined;
  const marks: Mark[] = [{ at: 0 }];
  for (const section of entries(text, 0, text.length)) {
    const cut = opens(section.line, "entities")
      ? entityMarks(text, section, true)
      : opens(section.line, "workloads")
        ? entries(text, section.body, section.end).flatMap((workload) =>
            accessMarks(text, workload),
          )
        : [];
    if (cut.includes(undefined)) return undefined;
    marks.push(...cut.filter((mark) => mark !== undefined));
  }
  return marks.map(({ at, ...piece }, place) => ({
    ...piece,
    text: text.slice(at, marks[place + 1]?.at ?? text.length),
  }));
}

const accessMarks = (text: string, workload: Entry): readonly (Mark | undefined)[] =>
  entries(text, workload.body, workload.end).flatMap((property) =>
    opens(property.line, "access") ? entityMarks(text, property, false) : [],
  );

function entityMarks(text: string, parent: Entry, isOwn: boolean): readonly (Mark | undefined)[] {
  const found = entries(text, parent.body, parent.end);
  const marks = found.map(({ at, line }): Mark | undefined => {
    const entity = named.exec(line)?.[1];
    return entity === undefined ? undefined : { at, entity, isOwn };
  });
  return found.length === 0 ? [] : [...marks, { at: parent.end }];
}

/** The entries of the block between two offsets; what lies less deep than the first of them is one too, with a name that is none. */
function entries(text: string, from: number, to: number): readonly Entry[] {
  const block = text.slice(from, to);
  const indent = /^( *)[^\s#]/m.exec(block)?.[1]?.length ?? 0;
  const deep = " ".repeat(indent);
  const starts = [...block.matchAll(new RegExp(String.raw`^ {0,${indent}}[^\s#].*\n?`, "gm"))];
  return starts.map(({ index, 0: line }, place) => ({
    at: from + index,
    end: from + (starts[place + 1]?.index ?? block.length),
    line: line.startsWith(deep) ? line.slice(indent) : "",
    body: from + index + line.length,
  }));
}
