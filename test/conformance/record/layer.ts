/** The generated data layer of `workloads.yaml`, as the suite uses it: structural, since it is generated for each engine anew. */

export interface PostInput {
  readonly id?: string;
  readonly authorId: string;
  readonly status?: "draft" | "live" | "gone";
  readonly title: string;
  readonly score: number;
  readonly views?: bigint;
  readonly ratio?: number | null;
  readonly pinned?: boolean;
  readonly day?: string | null;
  readonly publishedAt: Date;
  readonly tags: readonly string[];
  readonly extra: unknown;
  readonly seal?: Uint8Array | null;
  readonly sections: readonly { readonly no: number; readonly body: string }[];
}

export interface Post extends Required<PostInput> {
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A list of every type that a list may hold. */
export interface RackInput {
  readonly batch: string;
  readonly place: number;
  readonly ints: readonly number[];
  readonly bigints: readonly bigint[];
  readonly floats: readonly number[];
  readonly booleans: readonly boolean[];
  readonly uuids: readonly string[];
  readonly dates: readonly string[];
  readonly moments: readonly Date[];
  readonly texts: readonly string[];
}

interface Tariff {
  readonly batch: string;
  readonly place: number;
  readonly rates: readonly string[];
}

interface Paged {
  readonly items: readonly Post[];
  readonly next?: string;
}

interface PageOf {
  readonly limit?: number;
  readonly after?: string;
}

interface Key {
  readonly teamId: string;
  readonly userId: string;
}

export interface RecordLayer {
  readonly authors: { join(author: { readonly handle: string }): Promise<{ readonly id: string }> };
  readonly posts: {
    get(id: string, options?: object): Promise<Post | undefined>;
    getMany(ids: readonly string[]): Promise<readonly Post[]>;
    listByAuthor(where: object, page: PageOf): Promise<Paged>;
    listMixed(where: object, page: PageOf): Promise<Paged>;
    listLive(where: object): Promise<readonly Post[]>;
    listTagged(where: object, page: PageOf): Promise<Paged>;
    write(post: PostInput, options?: object): Promise<Post>;
    writeAll(posts: readonly PostInput[]): Promise<readonly Post[]>;
    revise(id: string, patch: object, options?: object): Promise<Post>;
  };
  readonly invoices: {
    get(id: string): Promise<object | undefined>;
    listOf(where: { readonly amount: string }): Promise<readonly object[]>;
    listTaxed(where: object): Promise<readonly object[]>;
    bill(invoice: {
      readonly amount: string;
      readonly tax: string | null;
    }): Promise<{ readonly id: string }>;
  };
  readonly racks: {
    get(id: string): Promise<RackInput | undefined>;
    fill(rack: RackInput): Promise<{ readonly id: string }>;
    listHolding(where: object): Promise<readonly RackInput[]>;
  };
  readonly tariffs: {
    get(id: string): Promise<Tariff | undefined>;
    set(tariff: Tariff): Promise<{ readonly id: string }>;
    listCharging(where: object): Promise<readonly Tariff[]>;
  };
  readonly memberships: {
    get(key: Key): Promise<{ readonly role: string } | undefined>;
    getMany(keys: readonly Key[]): Promise<readonly unknown[]>;
    grant(membership: Key & { readonly role: string }): Promise<unknown>;
    change(key: Key, patch: { readonly role: string }): Promise<unknown>;
  };
  readonly postCache: { get(id: string): Promise<Post | undefined> };
  readonly health: { ready(): Promise<unknown> };
  close(): Promise<void>;
}
