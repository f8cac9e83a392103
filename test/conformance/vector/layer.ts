/** The generated data layer of `workloads.yaml`, as the suite uses it. */

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
