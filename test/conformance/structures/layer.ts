/** The generated structures of `workloads.yaml`, as the suite uses them. */
import type {
  ChannelStructure,
  CountingHashStructure,
  HashStructure,
  SortedSetStructure,
  StreamStructure,
} from "../../../templates/shared/ports/structures.ts";

export interface Move {
  readonly from: string;
  readonly to: string;
}

export interface StructuresLayer {
  readonly live: {
    readonly board: SortedSetStructure;
    readonly brief: SortedSetStructure;
    readonly presence: HashStructure<{ readonly at: string; readonly x?: number }>;
    readonly visits: CountingHashStructure<bigint>;
    readonly seen: HashStructure<Date>;
    readonly moves: StreamStructure<Move>;
    readonly room: ChannelStructure<{ readonly text: string }>;
  };
  forTenant(tenant: string): StructuresLayer & {
    readonly rooms: {
      readonly points: SortedSetStructure;
      readonly people: CountingHashStructure<number>;
      readonly events: StreamStructure<unknown>;
      readonly calls: ChannelStructure<unknown>;
    };
  };
  close(): Promise<void>;
}
