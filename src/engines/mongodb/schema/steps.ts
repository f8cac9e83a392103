import type { Phase, Reversibility, Risk, Step } from "../../../migrate/step.ts";
import type { MigrationCommand } from "../../../../templates/engines/mongodb/migration-step.ts";

/** A step before its commands are text. */
export interface Draft {
  /** What is done, in a word or two: `add note`; with the collection it makes the step's name. */
  readonly act: string;
  readonly title: string;
  readonly phase: Phase;
  readonly up: readonly MigrationCommand[];
  readonly down: readonly MigrationCommand[];
  readonly reversibility?: Reversibility;
  readonly risks?: readonly Risk[];
  readonly note?: string;
  readonly destroys?: string;
  /** What its down takes away with all that was written there since. */
  readonly removes?: string;
  /** Its one command runs in batches. */
  readonly batched?: boolean;
  /** What a step of the backfill did, for what code of before has written since. */
  readonly repeats?: boolean;
}

const batchSize = 500;
const batchPauseMs = 50;

/** No step runs in a transaction on this engine and each may be run again, so none needs a verify or a repair of its own. */
export function stepOf(collection: string, touches: readonly string[], draft: Draft): Step {
  const { act, title, phase, up, down, note, destroys, removes } = draft;
  const [command] = up;
  return {
    name: kebab(`${collection} ${act}`),
    title: `${collection}: ${title}`,
    phase,
    up: text(up),
    down: down.length === 0 ? "" : text(down),
    reversibility: draft.reversibility ?? "reversible",
    risks: draft.risks ?? ["none"],
    transactional: true,
    touches,
    ...(note === undefined ? {} : { note }),
    ...(destroys === undefined ? {} : { destroys }),
    ...(removes === undefined ? {} : { removes }),
    ...(draft.batched === true && command !== undefined && "updateMany" in command
      ? {
          batch: {
            keys: 1,
            size: batchSize,
            pauseMs: batchPauseMs,
            estimate: JSON.stringify({ count: command.updateMany, filter: command.filter }),
          },
        }
      : {}),
  };
}

const text = (commands: readonly MigrationCommand[]): string => JSON.stringify(commands);

/** `articles add published_at` → `articles-add-published-at`; what is left of a name without Latin letters is its code points. */
function kebab(name: string): string {
  return name
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "-")
    .replaceAll(/[^\u0000-\u007f]/gu, (character) => `u${character.codePointAt(0)?.toString(16)}`)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}

/** Names are unique within a migration: the second of a name gets a number. */
export function withUniqueNames(steps: readonly Step[]): readonly Step[] {
  const seen = new Map<string, number>();
  return steps.map((step) => {
    const count = (seen.get(step.name) ?? 0) + 1;
    seen.set(step.name, count);
    return count === 1 ? step : { ...step, name: `${step.name}-${count}` };
  });
}

/** The file of one direction: a list of commands, each with the name of its step. */
export function printSteps(steps: readonly Step[], direction: "up" | "down"): string {
  const commands = steps.flatMap(({ name, note, [direction]: own }) =>
    own === ""
      ? []
      : (JSON.parse(own) as readonly MigrationCommand[]).map((command, at) => ({
          step: name,
          ...(note === undefined || at > 0 || direction === "down" ? {} : { note }),
          ...command,
        })),
  );
  return `${JSON.stringify(commands, null, 2)}\n`;
}
