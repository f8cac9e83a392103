import type {
  EntityIr,
  FieldIr,
  RecordMethodIr,
  RepositoryIr,
  StoreIr,
} from "../../../ir/types.ts";
import { identifier, stringLiteral } from "../../encode.ts";
import { type TestScope, support } from "./scope.ts";
import { parentOf } from "./testable.ts";
import type { FewRows } from "./too-few-values.ts";
import { ownValue, referredTenant, sampleValue } from "./values.ts";

/** What the tests of one repository are made from. */
export interface SuiteScope extends TestScope {
  readonly store: StoreIr;
  readonly repository: RepositoryIr;
  /** In an ascending order of this store null comes before every value. */
  readonly nullsFirst?: boolean;
  /** Sample number that a test begins with; each takes the next ten, or where rows are few, the first of an empty store. */
  readonly number: () => number;
  readonly few?: FewRows;
}

/** The function that declares the tests of a repository or a view. */
export const suiteName = (property: string): string => identifier(`${property}Suite`);

/** A tenant's name as forTenant takes it; where tenants are rows of an entity, the key of one that is stored before. */
export function tenantLiteral(entity: EntityIr, scope: TestScope, n: number): string {
  const row = referringTenant(entity, scope, new Set());
  const key = row === undefined ? undefined : referredTenant(row, String(n), scope);
  if (key !== undefined) return key;
  const field = entity.tenant;
  if (field?.type.kind === "int" || field?.type.kind === "bigint")
    return stringLiteral(String(n + 1));
  if (field !== undefined && field.type.kind !== "uuid") return stringLiteral(`tenant${n}`);
  return `${support(scope, "samples", "sampleUuid")}("tenant", ${n})`;
}

/** The tenant field that refers to rows: the entity's own, or that of one which its rows need. */
function referringTenant(
  entity: EntityIr,
  scope: TestScope,
  seen: Set<EntityIr>,
): FieldIr | undefined {
  seen.add(entity);
  if (entity.tenant?.source.reference !== undefined) return entity.tenant;
  for (const { fields } of [entity, ...entity.children.map((child) => child.entity)]) {
    for (const { source } of fields) {
      const needed = parentOf(source.reference?.entity, scope)?.entity;
      if (needed === undefined || seen.has(needed)) continue;
      const found = referringTenant(needed, scope, seen);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The key of sample `n`. */
export function keyAt(entity: EntityIr, n: string, scope: TestScope): string {
  const wide = scope.layoutOf(entity.name)?.wide ?? [];
  const values = entity.key.map((field) => [
    field.name,
    (wide.includes(field) ? sampleValue : ownValue)(entity, field, n, scope) ?? "",
  ]);
  const [only, ...rest] = values;
  return only !== undefined && rest.length === 0
    ? (only[1] ?? "")
    : `{ ${values.map(([name, value]) => `${name}: ${value}`).join(", ")} }`;
}

/** The method that stores new rows: insert before upsert, one before many. */
export function storing({ methods }: RepositoryIr): RecordMethodIr | undefined {
  const rank = ({ method }: RecordMethodIr): number =>
    (method.op === "insert" ? 0 : method.op === "upsert" ? 2 : 9) +
    ("bulk" in method && method.bulk ? 1 : 0);
  return methods.toSorted((a, b) => rank(a) - rank(b)).find((one) => rank(one) < 9);
}
