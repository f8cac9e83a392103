import type { EntityIr, FieldIr } from "../ir/types.ts";
import { noteOf, type SpecChange } from "./change.ts";
import type { Pairs } from "./pairs.ts";
import { fieldPairs, renamed, type Renames } from "./renames.ts";
import { sameJson, type Span, spanOf } from "./type-change.ts";

const api = noteOf("api");

/** What the comparison of one entity knows of the whole. */
export interface EntityContext {
  readonly renames: Renames;
  readonly entities: Pairs<EntityIr>;
  /** Names of before of the entities that callers could insert: only they have written a `New…`. */
  readonly inserted: ReadonlySet<string>;
}

/** Differences in what an entity's types and its JSON schema promise. */
export function entityChanges(
  before: EntityIr,
  after: EntityIr,
  context: EntityContext,
): readonly SpecChange[] {
  const fields = fieldPairs(before, after);
  return [
    ...ownChanges(before, after),
    ...fields.removed.filter(({ visible }) => visible).map((field) => removed(before, field)),
    ...fields.added
      .filter(({ visible }) => visible)
      .map((field) => added(after, field, isInserted(before, context))),
    ...fields.kept.flatMap((pair) => fieldChanges(pair.before, pair.after, after, context)),
    ...childChanges(before, after, context),
  ];
}

const isInserted = (entity: EntityIr, { inserted }: EntityContext): boolean =>
  inserted.has(entity.owner ?? entity.name);

function ownChanges(before: EntityIr, after: EntityIr): readonly SpecChange[] {
  const keyBefore = before.key.map(({ name }) => name);
  const keyAfter = after.key.map(({ source, name }) =>
    source.was !== undefined && keyBefore.includes(source.was) ? source.was : name,
  );
  const tenants = [before.tenant !== undefined, after.tenant !== undefined] as const;
  return [
    ...(before.name === after.name
      ? []
      : [
          api(
            "breaking",
            after.name,
            `renamed from ${before.name}`,
            "its types and its repository bear the new name",
          ),
        ]),
    ...(sameJson(keyBefore, keyAfter)
      ? []
      : [
          api(
            "breaking",
            after.name,
            `key (${keyBefore.join(", ")}) → (${keyAfter.join(", ")})`,
            "a record is addressed in another way",
          ),
        ]),
    ...(tenants[0] === tenants[1]
      ? []
      : [
          api(
            "breaking",
            after.name,
            tenants[1] ? "belongs to tenants now" : "belongs to no tenant any more",
            tenants[1]
              ? "its repository is reached through forTenant() only"
              : "its repository is no longer on forTenant()",
          ),
        ]),
    ...((before.deletedAt === undefined) === (after.deletedAt === undefined)
      ? []
      : [
          after.deletedAt === undefined
            ? api(
                "breaking",
                after.name,
                "softDelete is off",
                "records that were deleted are seen again unless they go before, and delete is for good",
              )
            : api(
                "internal",
                after.name,
                "softDelete is on",
                "callers see a deleted record in neither case; code of before, which would, stops before the migration",
              ),
        ]),
  ];
}

const removed = ({ name }: EntityIr, field: FieldIr): SpecChange =>
  api("breaking", `${name}.${field.name}`, "removed", "code that reads or sets it fails");

function added(entity: EntityIr, field: FieldIr, inserted: boolean): SpecChange {
  const needed = !field.managed && !field.optionalOnInsert;
  return needed && inserted
    ? api(
        "breaking",
        `${entity.name}.${field.name}`,
        "added, required",
        `${entity.newType} cannot be made without it; a default or nullable: true would make it additive`,
      )
    : api("additive", `${entity.name}.${field.name}`, "added", "nobody has to give it");
}

function fieldChanges(
  before: FieldIr,
  after: FieldIr,
  entity: EntityIr,
  context: EntityContext,
): readonly SpecChange[] {
  const subject = `${entity.name}.${after.name}`;
  if (!before.visible && !after.visible) return [];
  if (!after.visible)
    return [api("breaking", subject, "hidden", `it is no property of ${entity.name} any more`)];
  if (!before.visible) return [added(entity, after, isInserted(entity, context))];
  return [
    ...(before.name === after.name
      ? []
      : [api("breaking", subject, `renamed from ${before.name}`, "code that names it fails")]),
    ...valueChange(subject, before, after, context),
    ...givenChange(subject, before, after),
  ];
}

/** What the field may hold, seen by those who read and those who write it. */
function valueChange(
  subject: string,
  before: FieldIr,
  after: FieldIr,
  { renames }: EntityContext,
): readonly SpecChange[] {
  const span = spanOf(before, after);
  const type = renamed(before.tsType, renames);
  if (span.kind === "same")
    return type === after.tsType
      ? []
      : [api("breaking", subject, `${type} → ${after.tsType}`, "its TypeScript type is another")];
  return [judged(subject, span, before, after)];
}

function judged(
  subject: string,
  span: Exclude<Span, { readonly kind: "same" }>,
  before: FieldIr,
  after: FieldIr,
): SpecChange {
  const writable = !before.managed;
  switch (span.kind) {
    case "other":
      return api("breaking", subject, span.what, "values of before do not fit it");
    case "narrower":
      return writable
        ? api("breaking", subject, span.what, "values that were accepted are refused")
        : api("additive", subject, span.what, "readers meet no value that they do not know");
    case "wider":
      return meetsUnknown(before, after)
        ? api("breaking", subject, span.what, "code that handles every value no longer compiles")
        : api("additive", subject, span.what, "what was accepted is accepted");
  }
}

/** Whether the wider type is another one for the compiler; a longer text is not. */
const meetsUnknown = (before: FieldIr, after: FieldIr): boolean =>
  (!before.nullable && after.nullable) ||
  (before.type.kind === "enum" && !sameJson(before.type, after.type)) ||
  (before.type.kind === "json" && !sameJson(before.type, after.type));

/** Whether a new record needs it, and what it becomes when it is left out. */
function givenChange(subject: string, before: FieldIr, after: FieldIr): readonly SpecChange[] {
  if (before.managed || after.managed)
    return before.managed === after.managed
      ? []
      : [
          after.managed
            ? api("breaking", subject, "set by the data layer now", "callers cannot give it")
            : api("additive", subject, "given by callers now", "it was set before"),
        ];
  if (before.optionalOnInsert && !after.optionalOnInsert)
    return [api("breaking", subject, "required now", "callers that leave it out fail")];
  if (!before.optionalOnInsert && after.optionalOnInsert)
    return [api("additive", subject, "may be left out now", "callers may go on giving it")];
  return sameJson(before.source.default, after.source.default)
    ? []
    : [
        api(
          "additive",
          subject,
          `default ${text(before.source.default)} → ${text(after.source.default)}`,
          "new records of callers that leave it out hold the new value",
        ),
      ];
}

const text = (value: unknown): string => (value === undefined ? "none" : JSON.stringify(value));

function childChanges(
  before: EntityIr,
  after: EntityIr,
  context: EntityContext,
): readonly SpecChange[] {
  const origin = new Map(
    context.entities.kept.map((pair) => [pair.after.name, pair.before.name] as const),
  );
  const known = new Map(before.children.map((child) => [child.entity.name, child]));
  const left = new Set(after.children.map(({ entity }) => origin.get(entity.name)));
  const changes = after.children.flatMap((child) => {
    const old = known.get(origin.get(child.entity.name) ?? "");
    const subject = `${after.name}.${child.property}`;
    if (old === undefined)
      return isInserted(before, context)
        ? [api("breaking", subject, "added, required", `${after.newType} needs a list of them`)]
        : [api("additive", subject, "added", "nobody has to give it")];
    return old.property === child.property
      ? []
      : [api("breaking", subject, `renamed from ${old.property}`, "code that names it fails")];
  });
  const gone = before.children.filter(({ entity }) => !left.has(entity.name));
  return [
    ...changes,
    ...gone.map(({ property }) =>
      api(
        "breaking",
        `${after.name}.${property}`,
        "removed",
        `${after.name} holds no ${property} any more`,
      ),
    ),
  ];
}
