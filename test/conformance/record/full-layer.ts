/** The generated data layer of `full-workloads.yaml`, structurally. */

export interface Account {
  readonly id: string;
  readonly owner: string;
  readonly balance: number;
  readonly version: number;
  readonly entries: readonly { readonly no: number; readonly amount: number }[];
}

export interface Counter {
  readonly id: string;
  readonly value: number;
  readonly label: string | null;
  readonly version: number;
}

export interface Album {
  readonly id: string;
  readonly title: string;
  readonly photos: readonly { readonly id: string; readonly caption: string }[];
}

interface Paged<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface Revision {
  readonly change: "insert" | "update" | "delete";
  readonly changedAt: Date;
  readonly state: Account;
}

export interface Accounts {
  get(id: string): Promise<Account | undefined>;
  open(account: object, options?: object): Promise<Account>;
  save(account: object, options?: object): Promise<Account>;
  rename(id: string, patch: object, options?: object): Promise<Account>;
  shut(id: string, options?: object): Promise<void>;
  list(page: object): Promise<Paged<Account>>;
  history(id: string, page: object): Promise<Paged<Revision>>;
  asOf(id: string, at: Date): Promise<Account | undefined>;
}

export interface Counters {
  get(id: string): Promise<Counter | undefined>;
  put(counter: object, options?: object): Promise<Counter>;
  putAll(counters: readonly object[], options?: object): Promise<readonly Counter[]>;
  addAll(counters: readonly object[], options?: object): Promise<readonly Counter[]>;
  take(id: string, by: number, options?: object): Promise<Counter>;
  add(id: string, by: number, options?: object): Promise<Counter>;
  remove(id: string, options?: object): Promise<void>;
}

interface Parcel {
  readonly no: bigint;
  readonly label: string;
}

interface Bay extends Parcel {
  readonly hall: string;
}

/** Rows whose key the caller gives. */
interface Keyed<Key, Row> {
  get(key: Key): Promise<Row | undefined>;
  getMany(keys: readonly Key[]): Promise<readonly Row[]>;
  putAll(rows: readonly Row[]): Promise<readonly Row[]>;
  addAll(rows: readonly Row[]): Promise<readonly Row[]>;
}

export interface FullTransaction {
  readonly accounts: Accounts;
  readonly counters: Counters;
  raw(
    text: string,
    values?: readonly string[],
  ): Promise<{ readonly rows: readonly (readonly (string | null)[])[] }>;
}

interface Store {
  transaction<T>(work: (tx: FullTransaction) => Promise<T>, options?: object): Promise<T>;
}

export interface FullLayer {
  readonly main: Store;
  readonly wikiPages: {
    get(id: string): Promise<{ readonly path: string } | undefined>;
    add(page: object): Promise<{ readonly id: string }>;
    addAll(
      pages: readonly object[],
      options?: object,
    ): Promise<readonly { readonly id: string; readonly path: string }[]>;
    drop(id: string): Promise<void>;
    list(): Promise<readonly { readonly id: string; readonly path: string }[]>;
  };
  readonly albums: {
    get(id: string): Promise<Album | undefined>;
    add(album: object, options?: object): Promise<Album>;
    addAll(albums: readonly object[], options?: object): Promise<readonly Album[]>;
    save(album: object, options?: object): Promise<Album>;
  };
  readonly counters: Counters;
  readonly visits: {
    get(id: bigint): Promise<{ readonly weight: number } | undefined>;
    record(visit: object): Promise<{ readonly id: bigint }>;
    totals(where: object): Promise<readonly object[]>;
  };
  readonly parcels: Keyed<bigint, Parcel>;
  readonly bays: Keyed<Pick<Bay, "hall" | "no">, Bay>;
  forTenant(id: string): { readonly accounts: Accounts; readonly main: Store };
  close(): Promise<void>;
}
