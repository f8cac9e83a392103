/** The generated data layer of `workloads.yaml`, as the suite uses it. */
import { copyRemoval, copyRows, type OpenedApart } from "../apart.ts";

interface Neighbour {
  readonly item: { readonly id: string; readonly number: number; readonly label: string };
  readonly distance: number;
  readonly score: number;
}

export interface View {
  nearest(vector: Float32Array, filter: object, options?: object): Promise<readonly Neighbour[]>;
}

export interface VectorLayer {
  readonly points: {
    add(point: object): Promise<{ readonly id: string }>;
    addAll(points: readonly object[]): Promise<readonly { readonly id: string }[]>;
    remove(id: string): Promise<void>;
  };
  readonly stars: { addAll(stars: readonly object[]): Promise<readonly unknown[]> };
  readonly byAngle: View;
  readonly byPlace: View;
  readonly byForce: View;
  readonly nearStars: View;
  close(): Promise<void>;
}

const ofPoints = ["byAngle", "byPlace", "byForce"];

/** The layer whose views lie apart: what is written is copied to them before the write is told to be done. */
export function copying(opened: OpenedApart<VectorLayer>): VectorLayer {
  const { data } = opened;
  const { points, stars } = data;
  return Object.assign(Object.create(data) as VectorLayer, {
    points: {
      add: async (point: object) => {
        const added = await points.add(point);
        await copyRows(opened, ofPoints, [added]);
        return added;
      },
      addAll: async (all: readonly object[]) => {
        const added = await points.addAll(all);
        await copyRows(opened, ofPoints, added);
        return added;
      },
      remove: async (id: string) => {
        await points.remove(id);
        await copyRemoval(opened, ofPoints, id);
      },
    },
    stars: {
      addAll: async (all: readonly object[]) => {
        const added = await stars.addAll(all);
        await copyRows(opened, ["nearStars"], added);
        return added;
      },
    },
  });
}
