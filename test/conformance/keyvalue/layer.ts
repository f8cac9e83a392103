/** The generated data layer of `workloads.yaml`, as the suite uses it: structural, since it is generated for each engine anew. */

export interface Session {
  readonly id: string;
  readonly userId: string | null;
  readonly data: unknown;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface SettingInput {
  readonly id?: string;
  readonly title: string;
  readonly level?: string;
  readonly amount: string;
  readonly views?: bigint;
  readonly ratio?: number | null;
  readonly on?: boolean;
  readonly day?: string | null;
  readonly at: Date;
  readonly tags: readonly string[];
  readonly extra: unknown;
  readonly seal?: Uint8Array | null;
  readonly spot?: Float32Array | null;
}

export interface Setting extends Required<SettingInput> {
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface QuotaKey {
  readonly region: string;
  readonly name: string;
}

export interface Quota extends QuotaKey {
  readonly used: number;
  readonly total: bigint | null;
  readonly share: number;
  readonly version: number;
}

export interface Quotas {
  get(key: QuotaKey): Promise<Quota | undefined>;
  getMany(keys: readonly QuotaKey[]): Promise<readonly Quota[]>;
  put(quota: QuotaKey & Partial<Quota>): Promise<Quota>;
  use(key: QuotaKey, by: number, options?: object): Promise<Quota>;
  free(key: QuotaKey, by: number, options?: object): Promise<Quota>;
  sum(key: QuotaKey, by: bigint): Promise<Quota>;
  split(key: QuotaKey, by: number): Promise<Quota>;
  drop(key: QuotaKey, options?: object): Promise<void>;
}

type NewSession = Pick<Session, "id" | "data"> & { readonly userId?: string | null };

export interface KeyvalueLayer {
  readonly sessions: {
    get(id: string, options?: object): Promise<Session | undefined>;
    getMany(ids: readonly string[]): Promise<readonly Session[]>;
    start(session: NewSession, options?: object): Promise<Session>;
    save(session: NewSession, options?: object): Promise<Session>;
    keep(session: NewSession, options?: object): Promise<Session>;
    change(id: string, patch: object, options?: object): Promise<Session>;
    end(id: string, options?: object): Promise<void>;
  };
  readonly settings: {
    get(id: string): Promise<Setting | undefined>;
    add(setting: SettingInput, options?: object): Promise<Setting>;
    put(setting: SettingInput, options?: object): Promise<Setting>;
    change(id: string, patch: object, options?: object): Promise<Setting>;
    remove(id: string, options?: object): Promise<void>;
    view(id: string, by: bigint, options?: object): Promise<Setting>;
  };
  readonly sessionCache: { get(id: string): Promise<Session | undefined> };
  forTenant(tenant: string): { readonly quotas: Quotas };
  readonly health: { ready(): Promise<unknown> };
  close(): Promise<void>;
}
