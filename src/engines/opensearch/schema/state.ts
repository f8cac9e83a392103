import type { IndexDefinition } from "../../../../templates/engines/opensearch/generation.ts";
import type { ItemShape } from "../../../../templates/engines/opensearch/view-shape.ts";
import type { StoreIr } from "../../../ir/types.ts";
import type { Snapshot } from "../../../migrate/step.ts";
import { definitionOf } from "../definition.ts";
import { itemShape } from "../item-shape.ts";
import { aliasOf } from "../names.ts";
import { heldViews } from "../store-file.ts";

/** A view as its migrations leave it: one part of the snapshot, under its alias. */
export interface ViewState {
  /** Its entity in the spec. */
  readonly entity: string;
  readonly fingerprint: string;
  readonly definition: IndexDefinition;
  readonly item: ItemShape;
}

export function snapshotOf(store: StoreIr, project: string): Snapshot {
  return new Map(
    heldViews(store).map((view): [string, ViewState] => [
      aliasOf(project, view),
      {
        entity: view.entity.name,
        ...definitionOf(view, project),
        item: itemShape(view),
      },
    ]),
  );
}

/** The parts of a snapshot, which nobody but this planner writes. */
export const viewsOf = (snapshot: Snapshot): ReadonlyMap<string, ViewState> =>
  snapshot as ReadonlyMap<string, ViewState>;
