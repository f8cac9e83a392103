import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE } from "js-yaml";
import { maxDepth } from "./limits.ts";

/** A value of a file with the offset it starts at; absent for an empty value. */
export interface SourceNode {
  readonly start: number | undefined;
  /** Entries of a mapping: offset of the key, and the value. */
  readonly pairs?: Map<string, { readonly start: number | undefined; readonly value: SourceNode }>;
  readonly items?: SourceNode[];
  /** What an alias stands for. */
  readonly target?: SourceNode | undefined;
}

type Event = ReturnType<typeof parseEvents>[number];
type Scalar = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;

/** The values of a text that parses, by the events of the fast parser: linear, and without recursion. */
export function sourceNodes(text: string): SourceNode | undefined {
  const anchors = new Map<string, SourceNode>();
  const open: Collecting[] = [];
  let root: SourceNode | undefined;
  for (const event of parseEvents(text, { maxDepth })) {
    if (event.type === EVENT_ID.DOCUMENT) continue;
    if (event.type === EVENT_ID.POP) {
      open.pop();
      continue;
    }
    const node = nodeOf(event, text, anchors);
    if (event.type !== EVENT_ID.ALIAS && event.anchorStart >= 0) {
      anchors.set(text.slice(event.anchorStart, event.anchorEnd), node);
    }
    root ??= node;
    open.at(-1)?.take(node, event.type === EVENT_ID.SCALAR ? getScalarValue(text, event) : "");
    if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE)
      open.push(collecting(node));
  }
  return root;
}

function nodeOf(
  event: Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>,
  text: string,
  anchors: ReadonlyMap<string, SourceNode>,
): SourceNode {
  switch (event.type) {
    case EVENT_ID.MAPPING:
      return { start: event.start, pairs: new Map() };
    case EVENT_ID.SEQUENCE:
      return { start: event.start, items: [] };
    case EVENT_ID.ALIAS:
      return {
        start: event.anchorStart - 1,
        target: anchors.get(text.slice(event.anchorStart, event.anchorEnd)),
      };
    default:
      return { start: scalarStart(event) };
  }
}

function scalarStart({ valueStart, style }: Scalar): number | undefined {
  if (valueStart < 0) return undefined;
  const isQuoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
  return isQuoted ? valueStart - 1 : valueStart;
}

/** A collection that is being read: takes its nodes in turn, of a mapping key and value alternately. */
interface Collecting {
  take(node: SourceNode, text: string): void;
}

function collecting({ items, pairs }: SourceNode): Collecting {
  if (items !== undefined) return { take: (node) => void items.push(node) };
  let key: { readonly start: number | undefined; readonly text: string } | undefined;
  return {
    take: (node, text) => {
      if (key === undefined) key = { start: node.start, text };
      else {
        pairs?.set(key.text, { start: key.start, value: node });
        key = undefined;
      }
    },
  };
}
