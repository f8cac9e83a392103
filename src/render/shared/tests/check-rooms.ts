import type { Room } from "../../../ir/checks/rooms.ts";
import { firstSampleDay, sampleRooms } from "../../../ir/checks/sample-rooms.ts";
import { unreadChecks } from "../../../ir/checks/unread.ts";
import type { EntityIr, FieldIr } from "../../../ir/types.ts";

const known = new WeakMap<EntityIr, ReadonlyMap<string, Room>>();

/** What the entity's checks leave a field, so that samples hold them; undefined where they say nothing of it. */
export function checkRoom(entity: EntityIr, { name }: FieldIr): Room | undefined {
  if (entity.checks.length === 0) return undefined;
  let rooms = known.get(entity);
  if (rooms === undefined) {
    const fields = entity.fields.map(({ source }) => source);
    const conditions = entity.checks.map(({ condition }) => condition);
    ({ rooms } = sampleRooms(fields, conditions));
    known.set(entity, rooms);
  }
  return rooms.get(name);
}

const unheld = new WeakMap<EntityIr, readonly string[]>();

/** The names of checks that samples may break. */
export function unheldChecks(entity: EntityIr): readonly string[] {
  const names =
    unheld.get(entity) ??
    unreadChecks(
      entity.fields.map(({ source }) => source),
      entity.checks.map(({ condition, path }) => ({
        name: path.split(".").at(-1) ?? "",
        condition,
      })),
    );
  unheld.set(entity, names);
  return names;
}

/** Days by which the dates and moments of a field are later than those of others. */
export const daysLater = (entity: EntityIr, field: FieldIr): number =>
  (checkRoom(entity, field)?.min ?? firstSampleDay) - firstSampleDay;
